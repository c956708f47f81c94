// What becomes of a coalition that was tried: it serves, or who did not show what it said is left out. Whatever serves meanwhile
// goes on until then. Pure.
import type { PeerId } from '../../protocol/ids.ts';
import { promoteForming } from './change-coalition.ts';
import { excludePeer, reportLink } from './change-members.ts';
import { formingOf } from './coalitions.ts';
import type { Effect, Pool, PoolStep, World } from './roster-state.ts';

/** How a canary lap ended: `apart` where what one of two neighbours says contradicts the other, and nobody knows which one lies. */
export type Verdict =
  | { readonly kind: 'shown' }
  | { readonly kind: 'unshown'; readonly peers: readonly PeerId[] }
  | { readonly kind: 'apart'; readonly peers: readonly [PeerId, PeerId] };

/** Late verdicts, of a coalition that was given up meanwhile, change nothing. */
export function endTrial(pool: Pool, epoch: number, verdict: Verdict, world: World): PoolStep {
  const forming = formingOf(pool);
  if (!forming?.isTried || forming.coalition.epoch !== epoch) return { pool, effects: [] };
  if (verdict.kind === 'shown') return promoteForming(pool, world);
  if (verdict.kind === 'apart') return reportLink(pool, epoch, ...verdict.peers, world);
  const effects: Effect[] = [];
  let next = pool;
  for (const peer of blamedOf(pool, verdict.peers)) {
    const step = excludePeer(next, peer, 'unshown', 'forming', world);
    next = step.pool;
    effects.push(...step.effects);
  }
  return { pool: next, effects };
}

/** All but the first that came, where nobody else could serve: one of them may be honest, and is tried without the others. */
function blamedOf({ peers }: Pool, accused: readonly PeerId[]): PeerId[] {
  const inOrder = peers.filter(({ peer }) => accused.includes(peer)).map(({ peer }) => peer);
  const others = peers.some(({ peer, excluded }) => excluded === undefined && !accused.includes(peer));
  return others || inOrder.length < 2 ? inOrder : inOrder.slice(1);
}
