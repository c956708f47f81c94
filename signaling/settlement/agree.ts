// What all seats of an epoch agree that the client of a chat received: the measure of a client that vanished, or that signs
// for less. Pure.
import type { SessionId } from '../../protocol/ids.ts';
import type { PlacedEpoch, Shown } from './place-receipts.ts';
import type { Delivered, Delivery, Most } from './settlement-types.ts';

/** One session, as far as every seat of its epoch shows it. */
interface Agreed {
  epoch: number;
  from: number;
  /** It had the results of all positions before: it went on from here, or from its drafts ahead of it. */
  received: number;
}

/** What seats may agree on. */
export interface AgreeBounds {
  /** Positions that the client may have fed as drafts. */
  ahead: number;
  /** Nothing more was set aside, and so nothing more can be signed for, whatever seats say. */
  most: Pick<Most, 'promptTokens' | 'maxTokens'>;
}

/**
 * In the order in which they were used, as positions show it: a client may know coalitions before it goes on over them. One seat
 * agrees with nobody, whatever it says.
 */
export function agreedIn(epochs: readonly PlacedEpoch[], { ahead, most }: AgreeBounds): Agreed[] {
  const last = most.promptTokens - 1 + most.maxTokens;
  const agreed = epochs.flatMap(({ used, seats, shown }) => {
    if (seats.length < 2) return [];
    const all = seats.map(({ peer }) => shown.get(peer));
    const [first] = all;
    return [...(first?.keys() ?? [])].flatMap((session) => agreeOn({ epoch: used.epoch, session, ahead, last }, all));
  });
  return agreed.sort((a, b) => a.received - b.received);
}

function agreeOn(
  { epoch, session, ahead, last }: { epoch: number; session: SessionId; ahead: number; last: number },
  shown: readonly (Shown | undefined)[],
): Agreed[] {
  const receipts = shown.map((of) => of?.get(session));
  if (!receipts.every((receipt) => receipt !== undefined)) return [];
  const from = Math.max(...receipts.map((receipt) => receipt.from));
  const received = Math.min(last, Math.min(...receipts.map((receipt) => receipt.lastFrom)) - ahead);
  return [{ epoch, from, received }];
}

/**
 * What a client that vanished is taken to have received, of a prompt of which an earlier answer may have paid for `paidTokens`. A
 * seat that signs for little, or for nothing, makes this less for all: nobody else can tell what such a client received.
 */
export function agreedDelivery(
  epochs: readonly PlacedEpoch[],
  { paidTokens, ...bounds }: AgreeBounds & { paidTokens: number },
): Delivery {
  const { promptTokens } = bounds.most;
  const agreed = agreedIn(epochs, bounds);
  const choice: Delivered[] = [];
  let end = promptTokens - 1;
  for (const { epoch, received } of agreed) {
    if (received <= end) continue;
    choice.push({ epoch, tokens: received - end });
    end = received;
  }
  // Where those began who worked first: later ones compute from the start, which is not paid again.
  const first = epochs.flatMap(({ shown }) => [...shown.values()].flatMap((of) => [...of.values()]));
  const froms = first.filter(({ epoch }) => epoch === first[0]?.epoch).map(({ from }) => from);
  // One seat's word for it takes nobody's pay beyond that.
  const cachedTokens = Math.min(paidTokens, Math.max(0, ...froms));
  return { promptTokens, cachedTokens, choices: [choice] };
}

/** Positions, by epoch, that the seats agree on and the client did not sign for. It signed as `signed` says. */
export function signedLess(agreed: readonly Agreed[], signed: Delivery): Delivered[] {
  const less = new Map<number, number>();
  const miss = (epoch: number, positions: number): void => {
    if (positions > 0) less.set(epoch, Math.max(positions, less.get(epoch) ?? 0));
  };
  const [choice = []] = signed.choices;
  const epochs = [...new Set(agreed.map(({ epoch }) => epoch))];
  for (const epoch of epochs) {
    const upTo = epochs.indexOf(epoch);
    const tokens = choice
      .filter((each) => !epochs.includes(each.epoch) || epochs.indexOf(each.epoch) <= upTo)
      .reduce((sum, each) => sum + each.tokens, 0);
    const received = Math.max(...agreed.filter((each) => each.epoch === epoch).map((each) => each.received));
    miss(epoch, received - (signed.promptTokens - 1 + tokens));
  }
  // It may have gone on from a cache, but not from more of one than the seats had that gave it the first token.
  const first = choice.find((each) => each.tokens > 0)?.epoch;
  const froms = agreed.filter(({ epoch }) => epoch === first).map(({ from }) => from);
  if (first !== undefined && froms.length > 0) miss(first, signed.cachedTokens - Math.max(...froms));
  return [...less].map(([epoch, tokens]) => ({ epoch, tokens }));
}
