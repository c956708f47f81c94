// The head of every page: the mark and the places to go.
import { useSyncExternalStore } from 'react';
import { usePathname } from '../route/address.ts';
import { PageLink } from '../route/page-link.tsx';
import { pagePath } from '../route/page-path.ts';
import { LazyPart, useLazyPart } from '../state/lazy-part.ts';
import { mayLend } from '../state/may-lend.ts';
import { uiText } from '../text/english/ui.ts';
import { Mark } from './mark.tsx';

const chip = new LazyPart(() => import('./lending-chip.tsx').then(({ LendingChip }) => LendingChip));
const PLACES = ['chat', 'join', 'pools', 'account'] as const;

export function SiteHeader() {
  const here = pagePath(usePathname());
  const isLender = useSyncExternalStore(mayLend.subscribe, mayLend.get, () => false);
  const LendingChip = useLazyPart(chip, isLender);
  return (
    <header className="border-line border-b bg-panel">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-4 px-4 py-2">
        <PageLink href="/" className="flex min-h-11 items-center gap-2 font-semibold tracking-tight">
          <Mark />
          {/* Four places leave a phone no room for the name. */}
          <span className="sr-only sm:not-sr-only">ComputePool</span>
        </PageLink>
        {LendingChip && <LendingChip />}
        <nav aria-label={uiText.mainNavigation} className="flex sm:gap-1">
          {PLACES.map((place) => (
            <PageLink
              key={place}
              href={`/${place}`}
              aria-current={here === `/${place}` ? 'page' : undefined}
              className="flex min-h-11 items-center border-transparent border-b-2 px-2.5 font-medium sm:px-3 hover:text-accent aria-[current=page]:border-accent aria-[current=page]:text-accent"
            >
              {uiText.places[place]}
            </PageLink>
          ))}
        </nav>
      </div>
    </header>
  );
}
