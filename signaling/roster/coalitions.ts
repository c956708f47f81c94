// A pool's coalitions as the reducer reads and replaces them. Several rings may answer side by side; of one ring there is at most
// one that answers (or did until a member left) and one that loads; whoever reads asks by what it is, never by its place.
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Pool, PoolCoalition } from './roster-state.ts';

type WithCoalitions = Pick<Pool, 'coalitions'>;

const isForming = ({ coalition }: PoolCoalition): boolean => coalition.state === 'forming';

export const ringOf = ({ ring = 0 }: Pick<Coalition, 'ring'>): number => ring;

/** Numbers of the rings that have a coalition, lowest first; the first ring's, if none has. */
export function ringsOf({ coalitions }: WithCoalitions): number[] {
  const rings = new Set(coalitions.map(({ coalition }) => ringOf(coalition)));
  return rings.size === 0 ? [0] : [...rings].sort((a, b) => a - b);
}

/** What answers, or `broken`: what answered until its successor is ready. Of several rings the first. */
export const servingOf = (pool: WithCoalitions): Coalition | undefined => {
  const [first] = ringsOf(pool);
  return pool.coalitions.find((entry) => !isForming(entry) && ringOf(entry.coalition) === first)?.coalition;
};

/** Its members have been told that it is over. */
export const isRetired = ({ coalitions }: WithCoalitions, coalition: Coalition): boolean =>
  coalitions.some((entry) => entry.coalition === coalition && entry.isRetired);

/** What answers now. */
export const readyOf = ({ coalitions }: WithCoalitions): Coalition[] =>
  coalitions.map(({ coalition }) => coalition).filter(({ state }) => state === 'ready');

/** What loads; of several rings the first that does. */
export const formingOf = ({ coalitions }: WithCoalitions): PoolCoalition | undefined => coalitions.find(isForming);

/** All of them: those that answer, then those that load. */
export const coalitionsOf = ({ coalitions }: WithCoalitions): Coalition[] =>
  coalitions.map(({ coalition }) => coalition);

/** Those that a canary lap is to show: their seats all say that they are ready, or answers stand still over them. */
export const triedOf = ({ coalitions }: WithCoalitions): Coalition[] =>
  coalitions.filter(({ isTried }) => isTried).map(({ coalition }) => coalition);

export const hasSeat = (coalition: Coalition | undefined, peer: PeerId): boolean =>
  coalition?.seats.some((seat) => seat.peer === peer) ?? false;

const NOTHING: PoolCoalition['progressAtMs'] = new Map();

/** In one ring: puts this one in the place of what answers; undefined: nothing does. */
export const withServing = (
  pool: Pool,
  serving: Coalition | undefined,
  { lapMs, begunAtMs, isRetired }: Pick<PoolCoalition, 'lapMs' | 'begunAtMs' | 'isRetired'> = {},
): Pool => ({
  ...pool,
  coalitions: [
    ...(serving
      ? [
          {
            ...{ coalition: serving, progressAtMs: NOTHING },
            ...(lapMs === undefined ? {} : { lapMs }),
            ...(begunAtMs === undefined ? {} : { begunAtMs }),
            ...(isRetired ? { isRetired } : {}),
          },
        ]
      : []),
    ...pool.coalitions.filter(isForming),
  ],
});

/** In one ring: puts this one in the place of what loads; undefined: nothing does. */
export const withForming = (pool: Pool, forming: PoolCoalition | undefined): Pool => ({
  ...pool,
  coalitions: [...pool.coalitions.filter((entry) => !isForming(entry)), ...(forming ? [forming] : [])],
});

/** Those that answer first. */
export const inOrder = (coalitions: readonly PoolCoalition[]): PoolCoalition[] =>
  [...coalitions].sort(
    (a, b) => Number(isForming(a)) - Number(isForming(b)) || ringOf(a.coalition) - ringOf(b.coalition),
  );
