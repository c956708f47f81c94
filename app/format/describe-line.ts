// What a line of a statement means to the person who reads it. Pure.
import type { StatementLine } from '../../protocol/http/usage.ts';

/** One short sentence without figures: the amount stands beside it. */
export function describeLine({ kind, bucket, micros }: Pick<StatementLine, 'kind' | 'bucket' | 'micros'>): string {
  switch (kind) {
    case 'grant':
      return micros < 0 ? 'Welcome credits moved on' : 'Welcome credits';
    case 'hold':
      return bucket === 'held' ? 'Set aside for a request' : 'Held for a request';
    case 'release':
      return bucket === 'held' ? 'Set free after a request' : 'Returned: not needed';
    case 'claim':
      return micros < 0 ? 'Moved to an account' : 'Came along with a claimed browser';
    case 'settle':
      if (bucket === 'held') return 'Paid for a request';
      return micros > 0 ? 'Earned by lending, or returned' : 'Paid for a request';
  }
}
