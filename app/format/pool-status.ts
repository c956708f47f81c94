// A pool's state for people: a word, and how it looks. Pure.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { statusText } from '../text/english/format.ts';

type Status = PoolInfo['state'] | 'unloaded';
type Stated = Pick<PoolInfo, 'state' | 'loaded'>;

/** A pool whose owner unloaded it waits for nothing, whoever is there. */
export const statusOf = ({ state, loaded }: Stated): Status => (loaded ? state : 'unloaded');

/** The catalogue itself, so that it is read in the language that is spoken. */
export const STATUS_NAMES: Readonly<Record<Status, string>> = statusText;

export const STATUS_LOOKS: Record<Status, string> = {
  empty: 'border-control text-muted',
  waiting: 'border-wait text-wait',
  forming: 'border-hop text-hop',
  ready: 'border-accent bg-accent text-on-accent',
  unloaded: 'border-control text-muted',
};

const ORDER: Record<Status, number> = { ready: 0, forming: 1, waiting: 2, empty: 3, unloaded: 4 };

/** What answers first, then by the number of tabs, then by name. */
export const sortPools = (pools: readonly PoolInfo[]): PoolInfo[] =>
  [...pools].sort(
    (a, b) => ORDER[statusOf(a)] - ORDER[statusOf(b)] || b.peers - a.peers || a.pool.localeCompare(b.pool),
  );
