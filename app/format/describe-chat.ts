// The state of a chat in one sentence. Pure.
import type { PoolSummary, Seat } from '../../protocol/control.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { formatPlural } from './format-count.ts';

/**
 * What a person reads above the picture of the ring. A pool that waits says for what: only the server knows how many tabs it
 * wants.
 */
export function describeChat(
  phase: ChatState['phase'],
  seats: readonly Pick<Seat, 'ready'>[],
  pool?: Pick<PoolSummary, 'state' | 'peers' | 'reason'>,
): string {
  const joined = pool?.peers ?? 0;
  const ready = seats.filter((seat) => seat.ready).length;
  switch (phase) {
    case 'connecting':
      return 'Connecting.';
    case 'no-stages':
      return joined === 0
        ? 'No tabs have joined yet, so nobody can answer.'
        : `Only ${formatPlural(joined, 'tab')} joined so far, not enough to answer.`;
    case 'forming':
      if (seats.length > 0) {
        return `Forming: ${ready} of ${formatPlural(seats.length, 'tab')} ${seats.length === 1 ? 'is' : 'are'} ready.`;
      }
      return pool?.state === 'waiting' ? pool.reason : 'Tabs have joined; the server is giving them their layers.';
    case 'ready':
      return seats.length === 1
        ? 'One tab would answer.'
        : `${formatPlural(seats.length, 'tab')} would answer together.`;
    case 'failed':
      return 'Not connected.';
  }
}

/** Whether one more tab that lends would bring an answer nearer. */
export const wantsTabs = (phase: ChatState['phase'], pool?: Pick<PoolSummary, 'state'>): boolean =>
  phase === 'no-stages' || (phase === 'forming' && pool?.state === 'waiting');
