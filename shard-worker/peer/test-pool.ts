// A pool and its coalitions, as the server tells a tab of them. Used by tests only.
import type { Coalition, PoolSummary, Seat, ServerMessage } from '../../protocol/control.ts';
import { type PeerId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';

export const MODEL: PoolRef = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' };
export const POOL = poolIdOf(MODEL);
export const OTHER_POOL = poolIdOf({ ...MODEL, repo: 'acme/other' });

/** Peers by one letter. */
export const peerOf = (letter: string): PeerId => letter.repeat(32) as PeerId;

/** Two layers each, in this order. */
export const seatsOf = (peers: readonly PeerId[]): Seat[] =>
  peers.map((peer, stage) => ({
    ...{ peer, start: 2 * stage, end: 2 * stage + 2, backend: 'wasm', device: 'WASM, 1 thread' },
    ...{ totalBytes: 2_000, loadedBytes: 0, ready: false },
  }));

export const coalitionOf = (
  epoch: number,
  state: Coalition['state'],
  peers: readonly PeerId[],
  pool = POOL,
): Coalition => ({
  pool,
  model: { repo: 'acme/tiny', revision: 'main', dtype: 'q4' },
  epoch,
  state,
  seats: seatsOf(peers),
});

export const tellOf = (
  coalition: Coalition,
  ticket = `ticket-${coalition.epoch}`,
): ServerMessage & { type: 'coalition' } => ({
  type: 'coalition',
  coalition,
  ticket,
});

export const poolsOf = (state: PoolSummary['state'], reason = ''): ServerMessage & { type: 'pools' } => ({
  type: 'pools',
  pools: [{ pool: POOL, model: { repo: 'acme/tiny', revision: 'main', dtype: 'q4' }, peers: 1, state, reason }],
});
