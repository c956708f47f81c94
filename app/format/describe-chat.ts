// The state of a chat in one sentence. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { formatPlural } from './format-count.ts';

/** What a person reads above the picture of the ring. `joined` counts tabs of the pool, with or without a seat. */
export function describeChat(phase: ChatState['phase'], seats: readonly Pick<Seat, 'ready'>[], joined = 0): string {
  const ready = seats.filter((seat) => seat.ready).length;
  switch (phase) {
    case 'connecting':
      return 'Connecting.';
    case 'no-stages':
      return joined === 0
        ? 'No tabs have joined yet, so nobody can answer.'
        : `Only ${formatPlural(joined, 'tab')} joined so far, not enough to answer.`;
    case 'forming':
      return seats.length === 0
        ? 'Tabs have joined; the server is giving them their layers.'
        : `Forming: ${ready} of ${formatPlural(seats.length, 'tab')} ${seats.length === 1 ? 'is' : 'are'} ready.`;
    case 'ready':
      return seats.length === 1
        ? 'One tab would answer.'
        : `${formatPlural(seats.length, 'tab')} would answer together.`;
    case 'failed':
      return 'Not connected.';
  }
}
