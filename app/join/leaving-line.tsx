// A shard that lets running answers end before it goes: how many, for how long at most, and a button for who cannot wait.
import { useEffect, useState } from 'react';
import type { Shard } from '../state/lent-shards.ts';
import { joinText } from '../text/english/join.ts';
import { lendText } from '../text/english/lend.ts';

const TICK_MS = 1000;

interface Props {
  /** By `performance.now()`. */
  untilMs: number;
  /** Answers that run through it. */
  sessions: number;
  ending: NonNullable<Shard['ending']>;
  /** Which one of this window. */
  number: number;
  onNow(): void;
}

export function LeavingLine({ untilMs, sessions, ending, number, onNow }: Props) {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  const text = lendText[ending];
  return (
    <div
      className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-control bg-warn-soft px-4 py-2"
      data-testid="leaving"
      data-ending={ending}
      data-sessions={sessions}
    >
      <div className="mr-auto">
        <p role="status" className="font-medium">
          {text.title}
        </p>
        <p className="text-sm tabular-nums">{sessions > 0 ? text.running(sessions, seconds) : text.soon}</p>
      </div>
      <button type="button" className="button button-small" onClick={onNow}>
        {text.now}
        <span className="sr-only">{joinText.card.which(number)}</span>
      </button>
    </div>
  );
}
