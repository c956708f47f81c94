// What this window lends, on every page: it goes on while its person looks at another one.
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { lendingLine } from '../format/lending-line.ts';
import { PageLink } from '../route/page-link.tsx';
import { type Shard, useShards } from '../state/lent-shards.ts';
import { windowRules } from '../state/rule-watch.ts';
import { useLendNotices } from '../state/use-lend-notices.ts';
import { formatText } from '../text/english/format.ts';
import { useUnloadHint } from './use-unload-hint.ts';
import { prefixTitle } from './window-title.ts';

export function LendingChip() {
  useEffect(() => windowRules.start(), []);
  useLendNotices();
  const { shards } = useShards();
  const line = lendingLine(JSON.parse(useLent(shards)));
  const isServing = line?.isServing ?? false;
  useUnloadHint(isServing);
  useLendingTitle(isServing);
  if (!line) return null;
  return (
    <PageLink
      href="/join"
      data-testid="lending-chip"
      className="flex min-h-11 min-w-0 items-center gap-2 text-sm hover:text-accent"
    >
      <span
        aria-hidden="true"
        className={`size-2.5 shrink-0 rounded-full ${line.isServing ? 'bg-accent' : 'border border-control'}`}
      />
      <span className="truncate">{line.text}</span>
    </PageLink>
  );
}

/** A tab among many says that it is one that others need. */
function useLendingTitle(isServing: boolean): void {
  const { titlePrefix } = formatText.lending;
  useEffect(() => (isServing ? prefixTitle(titlePrefix) : undefined), [isServing, titlePrefix]);
}

/** As a text, because the snapshot must be equal as long as nothing changed. */
function useLent(shards: readonly Shard[]): string {
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = shards.map(({ peer }) => peer.state.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [shards],
  );
  const read = () =>
    JSON.stringify(
      shards.map(({ peer }) => ({ phase: peer.state.get().phase, tokens: peer.state.get().served.tokens })),
    );
  return useSyncExternalStore(subscribe, read, () => '[]');
}
