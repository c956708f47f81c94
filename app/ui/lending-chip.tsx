// What this window lends, on every page: it goes on while its person looks at another one.
'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { lendingLine } from '../format/lending-line.ts';
import { type Shard, useShards } from '../state/lent-shards.ts';
import { uiText } from '../text/english/ui.ts';
import { useUnloadHint } from './use-unload-hint.ts';

export function LendingChip() {
  const { shards } = useShards();
  const line = lendingLine(JSON.parse(useLent(shards)));
  const isServing = line?.isServing ?? false;
  useUnloadHint(isServing);
  useLendingTitle(isServing);
  if (!line) return null;
  return (
    <Link
      href="/join"
      data-testid="lending-chip"
      className="flex min-h-11 min-w-0 items-center gap-2 text-sm hover:text-accent"
    >
      <span
        aria-hidden="true"
        className={`size-2.5 shrink-0 rounded-full ${line.isServing ? 'bg-accent' : 'border border-control'}`}
      />
      <span className="truncate">{line.text}</span>
    </Link>
  );
}

/** A tab among many says that it is one that others need. */
function useLendingTitle(isServing: boolean): void {
  const place = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page has a title of its own
  useEffect(() => {
    const prefix = uiText.lends;
    const unmark = () => {
      if (document.title.startsWith(prefix)) document.title = document.title.slice(prefix.length);
    };
    const mark = () => {
      if (isServing && !document.title.startsWith(prefix)) document.title = `${prefix}${document.title}`;
    };
    mark();
    // The page's own title comes when it likes.
    const watch = new MutationObserver(mark);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      watch.disconnect();
      unmark();
    };
  }, [isServing, place]);
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
