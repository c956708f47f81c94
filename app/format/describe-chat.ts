// The state of a chat in one sentence. Pure.
import type { PoolSummary, Seat } from '../../protocol/control.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { formatText } from '../text/english/format.ts';
import { formatPlural } from './format-count.ts';
import { tellPool } from './tell-pool.ts';

/**
 * What a person reads above the picture of the ring. A pool that waits says for what: only the server knows how many tabs it
 * wants.
 */
export function describeChat(
  phase: ChatState['phase'],
  seats: readonly Pick<Seat, 'ready'>[],
  pool?: Pick<PoolSummary, 'state' | 'peers' | 'reason' | 'why'>,
): string {
  const words = formatText.chat;
  const joined = pool?.peers ?? 0;
  const ready = seats.filter((seat) => seat.ready).length;
  switch (phase) {
    case 'connecting':
      return words.connecting;
    case 'no-stages':
      return joined === 0 ? words.nobody : words.tooFew(formatPlural(joined, 'tab'));
    case 'forming':
      if (seats.length > 0) return words.forming(ready, formatPlural(seats.length, 'tab'), seats.length);
      return pool?.state === 'waiting' ? tellPool(pool.why) || words.waits || pool.reason : words.sharing;
    case 'ready':
      return seats.length === 1 ? words.one : words.together(formatPlural(seats.length, 'tab'));
    case 'failed':
      return words.failed;
  }
}

/** Whether one more tab that lends would bring an answer nearer. */
export const wantsTabs = (phase: ChatState['phase'], pool?: Pick<PoolSummary, 'state'>): boolean =>
  phase === 'no-stages' || (phase === 'forming' && pool?.state === 'waiting');
