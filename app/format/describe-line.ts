// What a line of a statement means to the person who reads it. Pure.
import type { StatementLine } from '../../protocol/http/usage.ts';
import { formatText } from '../text/english/format.ts';

/** One short sentence without figures: the amount stands beside it. */
export function describeLine({ kind, bucket, micros }: Pick<StatementLine, 'kind' | 'bucket' | 'micros'>): string {
  const { line } = formatText;
  switch (kind) {
    case 'grant':
      return micros < 0 ? line.grantMoved : line.granted;
    case 'hold':
      return bucket === 'held' ? line.setAside : line.held;
    case 'release':
      return bucket === 'held' ? line.setFree : line.returned;
    case 'claim':
      return micros < 0 ? line.claimMoved : line.claimed;
    case 'settle':
      return bucket !== 'held' && micros > 0 ? line.earnedOrReturned : line.paid;
  }
}
