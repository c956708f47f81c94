// The server is away: since when, when it is tried next, and what goes on without it. The figures move once a second, unannounced.
import { type ReactNode, useEffect, useState } from 'react';
import type { ServerAway as Away } from '../../shard-worker/index.ts';
import { awayLine } from '../format/away-line.ts';
import { uiText } from '../text/english/ui.ts';

const TICK_MS = 1000;

interface Props {
  away: Away;
  /** What a person may do meanwhile, or need not. */
  children: ReactNode;
  onRetry?(): void;
}

export function ServerAway({ away, children, onRetry }: Props) {
  const [nowMs, setNowMs] = useState(() => performance.now());
  // Each try that failed is told at once: its figures are of that moment.
  const { nextTryMs } = away;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try begins the ticks anew
  useEffect(() => {
    const tick = () => setNowMs(performance.now());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [nextTryMs]);
  return (
    <div className="rounded-md border border-control bg-warn-soft px-4 py-2 text-sm" data-testid="server-away">
      <p className="font-semibold" role="status">
        {uiText.away.title}
      </p>
      <p className="tabular-nums">{awayLine(away, nowMs)}</p>
      <p className="mt-1 text-muted">{children}</p>
      {onRetry && (
        <button type="button" className="button button-small mt-2" onClick={onRetry}>
          {uiText.away.tryNow}
        </button>
      )}
    </div>
  );
}
