// A document of the repository as a page of the site shows it.
import type { ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import remarkGfm from 'remark-gfm';
import { linkOf, slugOf } from './docs-list.ts';

/** What is wider than the page scrolls within itself; with the keyboard too. */
const COMPONENTS: Components = {
  h2: ({ children }) => (
    <h2 id={slugOf(wordsOf(children))} className="pt-6">
      {children}
    </h2>
  ),
  h3: ({ children }) => (
    <h3 id={slugOf(wordsOf(children))} className="pt-3">
      {children}
    </h3>
  ),
  a: ({ href = '', children }) => {
    const link = linkOf(href);
    return link === undefined ? <code>{children}</code> : <a href={link}>{children}</a>;
  },
  img: ({ src, alt }) => (
    // biome-ignore lint/performance/noImgElement: the export has no image optimiser
    <img
      src={typeof src === 'string' ? linkOf(src) : undefined}
      alt={alt ?? ''}
      loading="lazy"
      className="max-w-full"
    />
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className="table-box" tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
};

export function DocText({ markdown }: { markdown: string }) {
  return (
    <div className="answer-text doc-text">
      <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeHighlight]} components={COMPONENTS}>
        {withoutNotes(markdown)}
      </Markdown>
    </div>
  );
}

/** Notes for the tools that write parts of a document. */
const withoutNotes = (markdown: string): string => markdown.replaceAll(/^<!--.*-->$/gm, '');

const wordsOf = (node: ReactNode): string => {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(wordsOf).join('');
  const children = (node as { props?: { children?: ReactNode } } | null)?.props?.children;
  return children === undefined ? '' : wordsOf(children);
};
