// What all seats of an epoch agree that they computed for the client of a chat: the measure of a client that vanished, and of a loop
// that went on without one. Pure.
import type { SessionId } from '../../protocol/ids.ts';
import { tokensOf } from './bill.ts';
import type { PlacedEpoch, Shown } from './place-receipts.ts';
import type { Delivered, Delivery, Most } from './settlement-types.ts';
import type { Stray } from './stray-cells.ts';

/** One session, as far as every seat of its epoch shows it. */
export interface Agreed {
  epoch: number;
  from: number;
  /** Whoever ran the loop had the results of all positions before: it went on from here, or from its drafts ahead of it. */
  received: number;
  /** All of them show the positions before this one. */
  computed: number;
}

/** What seats may agree on. */
export interface AgreeBounds {
  /** Positions that may have been fed as drafts. */
  ahead: number;
  /** Nothing more counts, whatever seats say. */
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
  const computed = Math.min(...receipts.map((receipt) => receipt.to));
  return [{ epoch, from, received, computed }];
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

export interface Beyond {
  /** Where that is most; undefined where they agree on nothing. */
  epoch: number | undefined;
  tokens: number;
  /** All of the prompt was. */
  isPromptComputed: boolean;
}

interface Strays {
  /** What is due where others were named. */
  strays: readonly Stray[];
  /** Layers of the whole model. */
  layers: number;
}

/**
 * What seats agree on, in one epoch at most, beyond what a client signed for and anybody is paid for: the loop went on until it heard
 * that nobody wants more, or the client named others.
 */
export function beyondOf(agreed: readonly Agreed[], signed: Delivery, strays: Strays): Beyond {
  const [choice = []] = signed.choices;
  const end = signed.promptTokens - 1;
  const beyond = agreed.map(({ epoch, received }) => {
    // In the order in which they came: what an epoch gave is known by the end of what is signed for in it.
    const known = tokensOf(choice.slice(0, choice.findLastIndex((part) => part.epoch === epoch) + 1));
    return { epoch, tokens: Math.max(0, received - end - known - paidIn(epoch, strays)) };
  });
  const most = beyond.reduce((best, each) => (each.tokens > best.tokens ? each : best), {
    epoch: agreed.at(-1)?.epoch,
    tokens: 0,
  });
  return { ...most, isPromptComputed: agreed.some(({ computed }) => computed >= signed.promptTokens) };
}

/** Tokens that are due there, as far as it shows layers of them that others were named for. */
function paidIn(epoch: number, { strays, layers }: Strays): number {
  const cells = strays.reduce(
    (sum, stray) => (stray.epoch === epoch ? sum + stray.tokens * (stray.end - stray.start) : sum),
    0,
  );
  return Math.floor(cells / Math.max(1, layers));
}
