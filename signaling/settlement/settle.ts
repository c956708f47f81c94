// What an answer's work is worth: who is paid what, what nobody is paid for, and what was contradictory. Pure and total: no
// clock, no order of arrival, no database, and nothing that anybody signs makes it throw.
//
// The rules:
// 1. The witness of delivery decides what is due: over HTTP the server, which relayed the ids; in a chat the client, which
//    signs for what it received. Nobody else's word adds to it.
// 2. A delivered token is due in the epoch in which it was delivered, at every layer, at the position whose row gave it. The
//    prompt, but for what an earlier answer has paid for, is due in the epoch that delivered the first token. What the client
//    of a chat signs for a seat that does not show it is due to the one that shows it in another epoch.
// 3. A seat is paid for a position when its own receipt covers it. No other seat's receipt, and no missing one, takes that
//    away where a witness has spoken: who signs for less takes from itself alone, and may leave it to another (2).
// 4. What is misplaced, repeated, out of range or contradictory is dropped or clamped, and noted as a dispute. Chains are
//    evidence for those who judge peers; nobody is paid by them.
// 5. A client that vanished is charged for the last that it signed. One that signed nothing is taken to have received what all
//    seats of an epoch, two at least, agree on, as far as a loop may be ahead of its client: there one seat that signs for
//    little makes it less for all. So is one that has left more unpaid than it may, whatever it signs. What the seats
//    computed beyond that is nobody's debt: it is counted against what a payer may leave unpaid, with a prompt of which no
//    token was signed for. Where the loop went further than its client's word allowed, that is noted. What a vanished
//    client's prompt found in a cache is at most what the server knows to be paid for, whatever a seat says.
// 6. The payer is charged what is paid: at most the bill, which depends on the delivery alone. Replays, drafts and cuts
//    change nothing. What no seat shows stays the payer's.
import type { Price } from '../../protocol/credits.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { LOOP_TRIP_TOKENS } from '../../protocol/limits.ts';
import { type Agreed, agreedDelivery, agreedIn, beyondOf } from './agree.ts';
import { billOf, clampDelivery, tokensOf } from './bill.ts';
import { countAll, countCovered } from './count-cells.ts';
import { dueIn } from './due-in.ts';
import { type PlacedEpoch, placeReceipts } from './place-receipts.ts';
import type { Delivery, Dispute, Gap, SettlementInput, SettlementPlan } from './settlement-types.ts';
import { splitAmount } from './split-amount.ts';
import { type Stray, strayCells } from './stray-cells.ts';

/** What is shown to people and counted; more of them say nothing new. */
const MAX_DISPUTES = 64;

/** Micros times layers, and cells, of one peer: if it showed everything, and as it did. */
interface Worth {
  full: bigint;
  shown: bigint;
  cells: number;
}

/** @param input receipts and delivery of anybody, in any order; seats and bounds of the server's own. */
export function settle(input: SettlementInput): SettlementPlan {
  const { layers, price, most, paidTokens, ahead, loopAhead, isTrusted = true } = input;
  const { epochs, disputes } = placeReceipts(input);
  const mostAlone = { ...most, maxTokens: Math.min(most.maxTokens, loopAhead) };
  const agreed = input.isChat ? agreedIn(epochs, { ahead, most }) : [];
  const alone = (): Delivery => clampDelivery(agreedDelivery(epochs, { ahead, most: mostAlone, paidTokens }), most);
  const signed = input.delivery && clampDelivery(input.delivery, most);
  const delivery = signed && isTrusted ? signed : longer(signed, isTrusted ? alone() : atLeastOne(alone(), agreed));
  const strays = input.isChat && signed === delivery ? strayCells(epochs, delivery) : [];
  const beyond = input.isChat ? beyondOf(agreed, delivery, { strays, layers }) : NOTHING_BEYOND;
  const mayBeBeyond = loopAhead + LOOP_TRIP_TOKENS;
  const runner = beyond.tokens > mayBeBeyond ? runnerOf(epochs, beyond.epoch) : undefined;
  if (runner) disputes.push({ why: 'ran-ahead', epoch: beyond.epoch!, peers: [runner] });
  disputes.push(...epochs.flatMap(differingChains));

  const worths = new Map<PeerId, Worth>();
  const gaps: Gap[] = [];
  for (const placed of epochs) {
    const due = dueIn(placed.used.epoch, delivery);
    for (const { peer, start, end } of placed.seats) {
      const receipts = [...(placed.shown.get(peer)?.values() ?? [])];
      const depth = BigInt(Math.max(0, end - start));
      const shown = [countCovered(due.prompt, receipts), countCovered(due.tokens, receipts)] as const;
      const all = [countAll(due.prompt), countAll(due.tokens)] as const;
      const micros = ([prompt, tokens]: readonly [number, number]): bigint =>
        depth * (BigInt(prompt) * BigInt(price.promptMicros) + BigInt(tokens) * BigInt(price.completionMicros));
      const worth = worths.get(peer) ?? { full: 0n, shown: 0n, cells: 0 };
      const cells = (shown[0] + shown[1]) * (end - start);
      worths.set(peer, {
        full: worth.full + micros(all),
        shown: worth.shown + micros(shown),
        cells: worth.cells + cells,
      });
      const missing = (all[0] + all[1]) * (end - start) - cells;
      const why = receipts.length === 0 ? 'no-receipt' : 'not-covered';
      if (missing > 0) gaps.push({ epoch: placed.used.epoch, peer, cells: missing, why });
    }
  }
  const payments = payFor({ worths, strays, price, layers: BigInt(Math.max(1, layers)) });
  return {
    payments,
    chargedMicros: payments.reduce((sum, { amountMicros }) => sum + amountMicros, 0),
    billMicros: billOf(delivery, price),
    gaps,
    disputes: disputes.slice(0, MAX_DISPUTES),
    beyond: Math.min(beyond.tokens, mayBeBeyond) + (beyond.isPromptComputed ? unpaidPrompt(delivery, price) : 0),
  };
}

const NOTHING_BEYOND = { epoch: undefined, tokens: 0, isPromptComputed: false };

const tokensIn = ({ choices }: Delivery): number => choices.reduce((sum, choice) => sum + tokensOf(choice), 0);

const longer = (one: Delivery | undefined, other: Delivery): Delivery =>
  one && tokensIn(one) >= tokensIn(other) ? one : other;

/** Whose prompt all seats have computed has had its first token. */
function atLeastOne(delivery: Delivery, agreed: readonly Agreed[]): Delivery {
  const first = agreed.find(({ computed }) => computed >= delivery.promptTokens);
  if (!first || tokensIn(delivery) > 0) return delivery;
  return { ...delivery, choices: [[{ epoch: first.epoch, tokens: 1 }]] };
}

/** It is paid with the first token. In tokens of an answer that cost as much. */
function unpaidPrompt(delivery: Delivery, { promptMicros, completionMicros }: Price): number {
  if (tokensIn(delivery) > 0) return 0;
  const positions = delivery.promptTokens - delivery.cachedTokens;
  return completionMicros > 0 ? Math.ceil((positions * promptMicros) / completionMicros) : positions;
}

/** Whoever holds the first layers ran the loop. */
const runnerOf = (epochs: readonly PlacedEpoch[], epoch: number | undefined): PeerId | undefined =>
  epochs.find(({ used }) => used.epoch === epoch)?.seats[0]?.peer;

/** What a peer shows and others were named for. */
interface OfOthers {
  shownBy: PeerId;
  micros: bigint;
  cells: number;
}

interface Payable {
  worths: ReadonlyMap<PeerId, Worth>;
  strays: readonly Stray[];
  price: Price;
  layers: bigint;
}

/**
 * Whoever shows everything gets its share of the whole bill, rounded as if all had: what others show, or do not, moves not
 * even the last micro of it. Whoever shows less gets its own whole micros, and so does who shows what others were named for.
 */
function payFor({ worths, strays, price, layers }: Payable): SettlementPlan['payments'] {
  const whole = splitAmount(
    [...worths].map(([to, { full }]) => ({ to, weight: full })),
    layers,
  );
  const paid = new Map<PeerId, { amountMicros: number; cells: number }>();
  const pay = (peer: PeerId, amountMicros: number, cells: number): void => {
    const before = paid.get(peer) ?? { amountMicros: 0, cells: 0 };
    paid.set(peer, { amountMicros: before.amountMicros + amountMicros, cells: before.cells + cells });
  };
  for (const [peer, { full, shown, cells }] of worths) {
    const due = whole.get(peer) ?? 0;
    pay(peer, shown === full ? due : Math.min(due, Number(shown / layers)), cells);
  }
  for (const { shownBy, micros, cells } of joined(strays, price)) pay(shownBy, Number(micros / layers), cells);
  return [...paid]
    .map(([peer, each]) => ({ peer, ...each }))
    .filter(({ cells }) => cells > 0)
    .sort((x, y) => (x.peer < y.peer ? -1 : 1));
}

/** In micros times layers, one for each pair: rounded down once, so never above what is due of who was named. */
function joined(strays: readonly Stray[], { promptMicros, completionMicros }: Price): OfOthers[] {
  const pairs = new Map<string, OfOthers>();
  for (const { named, shownBy, start, end, prompt, tokens } of strays) {
    const key = `${named} ${shownBy}`;
    const { micros, cells } = pairs.get(key) ?? { micros: 0n, cells: 0 };
    const depth = end - start;
    const more = BigInt(depth) * (BigInt(prompt) * BigInt(promptMicros) + BigInt(tokens) * BigInt(completionMicros));
    pairs.set(key, { shownBy, micros: micros + more, cells: cells + depth * (prompt + tokens) });
  }
  return [...pairs.values()];
}

/** Between neighbours that show the same session at the same count of frames. */
function differingChains({ used, seats, shown }: PlacedEpoch): Dispute[] {
  return seats.slice(1).flatMap((after, index) => {
    const before = seats[index]!;
    const given = shown.get(before.peer);
    return [...(shown.get(after.peer)?.values() ?? [])].flatMap((taken): Dispute[] => {
      const gave = given?.get(taken.session);
      if (!gave || gave.frames !== taken.frames || gave.chainOut === taken.chainIn) return [];
      const { epoch } = used;
      const peers = [before.peer, after.peer];
      return [{ why: 'chain-differs', epoch, session: taken.session, peers, layer: after.start }];
    });
  });
}
