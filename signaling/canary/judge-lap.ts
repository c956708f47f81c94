// What a canary lap showed of those who say that they are ready. Pure: what was answered and signed in, a verdict out. It believes
// nobody alone: an answer counts with the receipts of all seats whose chains fit together, and its ids must be those expected.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import type { Verdict } from '../roster/end-trial.ts';

export interface Lap {
  readonly seats: readonly Pick<Seat, 'peer'>[];
  /** What the entry said that the exit answered; undefined: nothing, or an end that was none. */
  readonly ids: readonly number[] | undefined;
  /** Positions that every seat must have computed: the prompt's and those of the ids but the last. */
  readonly positions: number;
  /** Each seat's, in the seats' order; their signatures have been checked. */
  readonly receipts: readonly (Receipt | undefined)[];
  /** Who said at least that it has none: a worker that stands still says nothing, whatever its page says. */
  readonly answered: ReadonlySet<PeerId>;
  /** As far as somebody knows them. */
  readonly expected: readonly number[];
  /** Tabs that have shown themselves in this pool before. */
  readonly shown: ReadonlySet<PeerId>;
}

export function judgeLap({ seats, ids, positions, receipts, answered, expected, shown }: Lap): Verdict {
  const peers = seats.map(({ peer }) => peer);
  const reached = receipts.map((receipt) => receipt !== undefined && receipt.frames > 0);
  const computed = receipts.map((receipt) => receipt !== undefined && receipt.from === 0 && receipt.to >= positions);
  const missing = ids ? computed.indexOf(false) : reached.indexOf(false);
  const mute = peers.find((peer) => !answered.has(peer));
  if (missing >= 0 && mute !== undefined) return unshown([mute]);
  if (missing === 0) return unshown([peers[0]!]);
  // The one before says that it gave, this one that it got nothing.
  if (missing > 0) return apart(peers[missing - 1]!, peers[missing]!);
  // Everybody computed something and nothing came out: it was lost between the exit and the entry.
  if (!ids) return peers.length === 1 ? unshown(peers) : apart(peers.at(-1)!, peers[0]!);
  for (let at = 1; at < receipts.length; at += 1) {
    if (receipts[at - 1]!.chainOut !== receipts[at]!.chainIn) return apart(peers[at - 1]!, peers[at]!);
  }
  if (expected.every((id, at) => id === ids[at])) return { kind: 'shown' };
  // Somebody computes wrongly. Who has shown itself before does so less likely than who has not.
  const fresh = peers.filter((peer) => !shown.has(peer));
  const beside = peers.filter((peer) => shown.has(peer));
  if (fresh.length === 0 || beside.length === 0) return unshown(peers);
  return { ...unshown(fresh), beside: [...new Set(beside)] };
}

const unshown = (peers: readonly PeerId[]): Verdict & { kind: 'unshown' } => ({
  kind: 'unshown',
  peers: [...new Set(peers)],
});
const apart = (before: PeerId, after: PeerId): Verdict => ({ kind: 'apart', peers: [before, after] });
