// The start page: what this is, where to go, and what is happening now.
import { PageLink } from './route/page-link.tsx';
import { LazyPart, useLazyPart } from './state/lazy-part.ts';
import { Play } from './story/play.tsx';
import { homeText } from './text/english/home.ts';
import { PageTitle } from './ui/page-title.tsx';
import { PoolPicture } from './ui/pool-picture.tsx';

const FACTS = ['token', 'privacy', 'cost'] as const;

/** The page is there before the network's numbers are. */
const numbers = new LazyPart(() => import('./story/live-numbers.tsx').then(({ LiveNumbers }) => LiveNumbers));

export function Home() {
  const LiveNumbers = useLazyPart(numbers);
  return (
    <>
      <PageTitle title={homeText.title} />
      <div className="grid items-center gap-8 py-4 lg:grid-cols-[minmax(0,1fr)_26rem] lg:gap-12">
        <div>
          <h1 className="font-semibold text-3xl leading-tight tracking-tight sm:text-4xl">{homeText.heading}</h1>
          <p className="mt-4 max-w-prose text-lg">{homeText.intro}</p>
          <p className="mt-6 flex flex-wrap gap-3">
            <PageLink href="/join" className="button button-primary min-h-14 grow px-6 text-lg sm:grow-0">
              {homeText.lend}
            </PageLink>
            <PageLink href="/chat" className="button min-h-14 grow px-6 text-lg sm:grow-0">
              {homeText.ask}
            </PageLink>
          </p>
          <p className="mt-3 text-muted text-sm">{homeText.free}</p>
        </div>
        <PoolPicture />
      </div>
      <div className="mt-6 min-h-40 border-line border-t pt-5 lg:min-h-28">{LiveNumbers && <LiveNumbers />}</div>
      <Play />
      <div className="mt-10 grid gap-8 border-line border-t pt-8 md:grid-cols-3">
        {FACTS.map((fact) => (
          <section key={fact}>
            <h2 className="font-semibold">{homeText.facts[fact].title}</h2>
            <p className="mt-2 text-muted">{homeText.facts[fact].text}</p>
          </section>
        ))}
      </div>
    </>
  );
}
