// What is around every page in the files that the build writes, and what these tell crawlers and previews of links, in English: what is
// shown is in the person's language. Runs at build alone, so that no browser loads any of it.
import { type DocumentProps, Head, Html, Main, NextScript } from 'next/document';
import type { DocProps } from '../app/docs/doc-view.tsx';

const SITE = 'ComputePool';
const ABOUT = 'Browser tabs lend their GPUs and serve a language model together, each holding a few of its layers.';

interface PageNotes {
  title: string;
  about?: string;
  /** Crawlers are asked to leave it alone. */
  isUnlisted?: true;
}

const NOT_FOUND: PageNotes = { title: 'No such page', isUnlisted: true };
const PAGES: Readonly<Record<string, PageNotes>> = {
  '/': { title: 'One model over many browser tabs' },
  '/chat': { title: 'Chat', about: 'Ask a language model that browser tabs hold together.' },
  '/join': {
    title: 'Lend',
    about: 'Lend this tab’s GPU: it holds a few layers of a language model and computes them for others.',
  },
  '/pools': {
    title: 'Pools',
    about: 'The models that browser tabs serve together right now: rings, queues, and how well speed was foreseen.',
  },
  '/account': {
    title: 'Account',
    about: 'Credits that you earn by lending a GPU, and the API keys that spend them.',
  },
  '/network': {
    title: 'Network',
    about: 'The tabs that lend now, the rings they form, the tokens that run along them, and the last hour and day.',
  },
  '/pitch': {
    title: 'In ten slides',
    about:
      'What ComputePool is, what it measured, what it costs and what it has not solved, each figure with its receipt.',
  },
  '/docs': {
    title: 'Documents',
    about: 'How ComputePool is asked, embedded, paid, run and built: the API’s reference and the documents.',
  },
  '/docs/reference': {
    title: 'API reference',
    about: 'Every route of this server, its fields and its answers, from the OpenAPI document that it serves.',
  },
  '/trust': { title: 'Trust this server', isUnlisted: true },
  '/admin': { title: 'Operate', about: 'For whoever runs this server.', isUnlisted: true },
  '/embed': { title: 'Chat', isUnlisted: true },
};

/** Each document has a title of its own. */
const DOC = '/docs/[name]';
const docOf = ({ title, about }: Partial<DocProps>): PageNotes => ({ title: title!, about: about! });

/** No picture and no address: both must be absolute, and an export does not know where it will be served. */
export default function Document({ __NEXT_DATA__: { page, props } }: DocumentProps) {
  const { title: own, about = ABOUT, isUnlisted } = PAGES[page] ?? (page === DOC ? docOf(props.pageProps) : NOT_FOUND);
  const title = `${own} · ${SITE}`;
  return (
    <Html lang="en" data-build={process.env.SITE_BUILD}>
      <Head>
        <title>{title}</title>
        <meta name="description" content={about} />
        {isUnlisted && <meta name="robots" content="noindex" />}
        <meta name="theme-color" content="#fdfdfb" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171d1a" media="(prefers-color-scheme: dark)" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href="/favicon.ico" sizes="32x32" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <meta property="og:type" content="website" />
        <meta property="og:site_name" content={SITE} />
        <meta property="og:locale" content="en" />
        <meta property="og:title" content={title} />
        <meta property="og:description" content={about} />
        <meta name="twitter:card" content="summary" />
      </Head>
      <body className="font-sans leading-relaxed antialiased">
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
