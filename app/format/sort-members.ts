// The order of a pool's members in a table. Pure.
import type { PoolMember, PoolSeat } from '../../protocol/http/pool-state.ts';

export interface MemberRow {
  member: PoolMember;
  seat?: PoolSeat;
}

/** Seats in the order of the rings, then who waits, then who may not serve, then who is away. */
export function sortMembers(members: readonly PoolMember[], seats: readonly PoolSeat[]): MemberRow[] {
  const byPeer = new Map(members.map((member) => [member.peer, member]));
  const seated = seats.map((seat): MemberRow => {
    const member = byPeer.get(seat.peer) ?? {
      ...{ peer: seat.peer, isHere: true, isListed: false, backend: seat.backend },
    };
    return { member, seat };
  });
  const taken = new Set(seats.map(({ peer }) => peer));
  const rank = ({ isHere, excluded }: PoolMember) => (isHere ? (excluded ? 1 : 0) : 2);
  const rest = members.filter(({ peer }) => !taken.has(peer)).sort((a, b) => rank(a) - rank(b));
  return [...seated, ...rest.map((member): MemberRow => ({ member }))];
}
