// A pool's coalitions as the reducer reads and replaces them. One is formed at a time today, so that there is at most one that
// answers (or did until a member left) and one that loads; whoever reads asks by what it is, never by its place.
import type { Coalition } from '../../protocol/control.ts';
import type { Pool, PoolCoalition } from './roster-state.ts';

const isForming = ({ coalition }: PoolCoalition): boolean => coalition.state === 'forming';

/** What answers, or `broken`: what answered until its successor is ready. */
export const servingOf = ({ coalitions }: Pick<Pool, 'coalitions'>): Coalition | undefined =>
  coalitions.find((entry) => !isForming(entry))?.coalition;

/** What answers now. */
export const readyOf = ({ coalitions }: Pick<Pool, 'coalitions'>): Coalition[] =>
  coalitions.map(({ coalition }) => coalition).filter(({ state }) => state === 'ready');

/** What loads. */
export const formingOf = ({ coalitions }: Pick<Pool, 'coalitions'>): PoolCoalition | undefined =>
  coalitions.find(isForming);

/** All of them: those that answer, then those that load. */
export const coalitionsOf = ({ coalitions }: Pick<Pool, 'coalitions'>): Coalition[] =>
  coalitions.map(({ coalition }) => coalition);

const NOTHING: PoolCoalition['progressAtMs'] = new Map();

/** Puts this one in the place of what answers; undefined: nothing does. */
export const withServing = (pool: Pool, serving: Coalition | undefined): Pool => ({
  ...pool,
  coalitions: [
    ...(serving ? [{ coalition: serving, progressAtMs: NOTHING }] : []),
    ...pool.coalitions.filter(isForming),
  ],
});

/** Puts this one in the place of what loads; undefined: nothing does. */
export const withForming = (pool: Pool, forming: PoolCoalition | undefined): Pool => ({
  ...pool,
  coalitions: [...pool.coalitions.filter((entry) => !isForming(entry)), ...(forming ? [forming] : [])],
});
