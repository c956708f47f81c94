// What lending has brought since this window began to, in one line: each answer moves it.
import { earnedLine } from '../format/earned-line.ts';
import { useWindowEarned } from './window-earned.ts';

/** Nothing before there is a shard. */
export function EarnedSince() {
  const { sinceMs, answers, tokens, gainMicros, lastMicros } = useWindowEarned();
  if (sinceMs === undefined) return null;
  return (
    <p
      className="mb-2 font-medium"
      data-testid="earned-since"
      data-answers={answers}
      data-tokens={tokens}
      data-gain-micros={gainMicros}
    >
      {earnedLine({ answers, tokens, gainMicros, lastMicros, since: new Date(sinceMs) }, new Date())}
    </p>
  );
}
