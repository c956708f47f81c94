// A pool as one of its rings sees it: its own coalitions, and the tabs that no other ring has. The moves of a coalition know of one
// ring only; here they are applied to one of several. Pure.
import type { PeerId } from '../../protocol/ids.ts';
import { inOrder, ringOf, ringsOf } from './coalitions.ts';
import type { Pool, PoolStep } from './roster-state.ts';

/** Changes what this ring has and sees. What is of the whole pool, such as strikes and times that are due, is its too. */
export function inRing(pool: Pool, ring: number, change: (seen: Pool) => PoolStep): PoolStep {
  const others = pool.coalitions.filter(({ coalition }) => ringOf(coalition) !== ring);
  if (others.length === 0) return change(pool);
  const elsewhere = new Set(others.flatMap(({ coalition }) => coalition.seats.map(({ peer }) => peer)));
  const seen: Pool = {
    ...pool,
    coalitions: pool.coalitions.filter((entry) => !others.includes(entry)),
    peers: pool.peers.filter(({ peer }) => !elsewhere.has(peer)),
  };
  const { pool: changed, effects } = change(seen);
  if (changed === seen) return { pool, effects };
  const left = new Map(changed.peers.map((entry) => [entry.peer, entry]));
  const kept = pool.peers.flatMap((entry) => (elsewhere.has(entry.peer) ? [entry] : (left.get(entry.peer) ?? [])));
  const isNew = ({ peer }: { peer: PeerId }): boolean => pool.peers.every((entry) => entry.peer !== peer);
  const peers = [...kept, ...changed.peers.filter(isNew)];
  const [first] = ringsOf(pool);
  return {
    pool: {
      ...changed,
      peers,
      coalitions: inOrder([...others, ...changed.coalitions]),
      // Also where the last tab that this ring sees has left, tabs of others may be there.
      ...(peers.length > 0 ? { manifest: pool.manifest, hasServed: pool.hasServed || changed.hasServed } : {}),
      waitsFor: ring === first ? changed.waitsFor : pool.waitsFor,
    },
    effects,
  };
}

/** Changes what the ring of this epoch has; nothing where no ring has it. */
export function inRingOfEpoch(pool: Pool, epoch: number, change: (seen: Pool) => PoolStep): PoolStep {
  const found = pool.coalitions.find(({ coalition }) => coalition.epoch === epoch);
  return found ? inRing(pool, ringOf(found.coalition), change) : { pool, effects: [] };
}

/** Changes what the ring has in which this tab sits, or else the first one. */
export function inRingOfPeer(pool: Pool, peer: PeerId, change: (seen: Pool) => PoolStep): PoolStep {
  const found = pool.coalitions.find(({ coalition }) => coalition.seats.some((seat) => seat.peer === peer));
  return inRing(pool, found ? ringOf(found.coalition) : ringsOf(pool)[0]!, change);
}

/** Changes what each ring has, one after another. */
export function inEachRing(pool: Pool, change: (seen: Pool) => PoolStep): PoolStep {
  let next = pool;
  const effects: PoolStep['effects'][number][] = [];
  for (const ring of ringsOf(pool)) {
    const step = inRing(next, ring, change);
    next = step.pool;
    effects.push(...step.effects);
  }
  return { pool: next, effects };
}
