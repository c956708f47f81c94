// Settlement against a slow model that counts single cells, on receipts that are honest, spoilt and missing at random.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Receipt } from '../../protocol/receipt.ts';
import { countGapCells, settleReceipts } from './settle-receipts.ts';
import type { SettlementInput } from './settlement-types.ts';
import { sortReceipts } from './sort-receipts.ts';
import { epochOf, inputOf, peerNamed, sessionNamed } from './test-settlement.ts';
import { weighSession } from './weigh-session.ts';

const LAYERS = 6;
const MAX_TOKENS = 30;

const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: LAYERS - 1 }), { maxLength: 3 })
  .map((inner) => [0, ...inner.sort((a, b) => a - b), LAYERS]);

const spoiling = fc.record(
  {
    nonce: fc.constant('0'.repeat(32)),
    frames: fc.integer({ min: 0, max: 4 }),
    from: fc.integer({ min: 0, max: 35 }),
    to: fc.integer({ min: 0, max: 35 }),
    chainIn: fc.constant('1'.repeat(64)),
    peer: fc.constant(peerNamed(99)),
    epoch: fc.integer({ min: 0, max: 3 }),
    end: fc.integer({ min: 0, max: LAYERS }),
  },
  { requiredKeys: [] },
);

/** Up to three epochs with up to four sessions, of which some receipts are spoilt, dropped or doubled. */
const anyInput: fc.Arbitrary<SettlementInput> = fc
  .record({
    choices: fc.integer({ min: 1, max: 3 }),
    promptTokens: fc.integer({ min: 1, max: 8 }),
    epochs: fc.array(fc.tuple(cuts, fc.boolean()), { minLength: 1, maxLength: 3 }),
    works: fc.array(
      fc.record({ epoch: fc.nat(2), from: fc.integer({ min: 0, max: 9 }), length: fc.integer({ min: 0, max: 25 }) }),
      { minLength: 1, maxLength: 4 },
    ),
    spoil: fc.array(fc.tuple(fc.nat(40), fc.constantFrom('drop', 'double', 'change'), spoiling), { maxLength: 5 }),
    vanished: fc.boolean(),
  })
  .map(({ choices, promptTokens, epochs, works, spoil, vanished }) => {
    const used = epochs.map(([at, isSamePeers], index) => epochOf(index, at, isSamePeers ? 0 : index * 16));
    const input = inputOf(
      works
        .map(({ epoch, from, length }, index) => ({
          used: used[epoch % used.length]!,
          worked: { session: sessionNamed(index), from, to: Math.min(from + length, promptTokens + MAX_TOKENS) },
        }))
        .sort((a, b) => a.used.epoch - b.used.epoch),
      { choices, promptTokens, maxTokens: MAX_TOKENS },
    );
    const all: Receipt[] = [...input.driver, ...input.receipts];
    for (const [index, how, change] of spoil) {
      const at = index % all.length;
      const receipt = all[at]!;
      if (how === 'change') all[at] = { ...receipt, ...change };
      if (how === 'double') all.push({ ...receipt, ...change });
      if (how === 'drop' && all.length > 1) all.splice(at, 1);
    }
    const driver = vanished ? [] : all.filter(({ role }) => role === 'driver');
    return { ...input, driver, receipts: all.filter(({ role }) => role === 'stage') };
  });

/** Cell by cell: of each (layer, position) the first `choices` sound covers, in order. */
function countCells(input: SettlementInput): Map<string, number> {
  const sessions = sortReceipts(input).sessions.map(weighSession);
  const signedTo = Math.max(-1, ...sessions.filter(({ isSigned }) => isSigned).map(({ due }) => due.to));
  const dueOf = ({ due, isSigned }: (typeof sessions)[number]) =>
    signedTo < 0 || isSigned ? due : { from: due.from, to: Math.min(due.to, signedTo) };
  const counting = sessions.filter((each) => dueOf(each).from < dueOf(each).to);
  const first = counting.find(({ isSigned, isUncontested }) => isSigned || isUncontested);
  const floor = Math.min(...counting.filter(({ epoch }) => epoch === first?.epoch).map(({ due }) => due.from));
  const covers = new Map<string, number>();
  const cells = new Map<string, number>();
  for (const session of counting) {
    for (const { seat, paid } of session.seats) {
      for (let layer = seat.start; layer < seat.end; layer += 1) {
        const from = Math.max(paid.from, dueOf(session).from, floor);
        for (let position = from; position < Math.min(paid.to, dueOf(session).to); position += 1) {
          const cell = `${layer}/${position}`;
          const before = covers.get(cell) ?? 0;
          if (before >= input.job.choices) continue;
          covers.set(cell, before + 1);
          cells.set(seat.peer, (cells.get(seat.peer) ?? 0) + 1);
        }
      }
    }
  }
  return cells;
}

test('every cell that is sound is paid, and none more often than there are choices', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { payments } = settleReceipts(input);
      expect(Object.fromEntries(payments.map(({ peer, cells }) => [peer, cells]))).toEqual(
        Object.fromEntries(countCells(input)),
      );
    }),
    { numRuns: 250 },
  );
});

test('the charge is the sum of the payments, within the hold, and the same however receipts are ordered', () => {
  fc.assert(
    fc.property(anyInput, fc.nat(), (input, turn) => {
      const plan = settleReceipts(input);
      expect(plan.payments.reduce((sum, { amountMicros }) => sum + amountMicros, 0)).toBe(plan.chargedMicros);
      expect(plan.chargedMicros).toBeLessThanOrEqual(input.holdMicros);
      for (const { amountMicros } of plan.payments) expect(Number.isSafeInteger(amountMicros)).toBe(true);
      // Within one session the order in which stages answer means nothing.
      const at = turn % (input.receipts.length + 1);
      const turned = [...input.receipts.slice(at), ...input.receipts.slice(0, at)];
      const stable = turned.sort((a, b) => (a.session < b.session ? -1 : a.session > b.session ? 1 : 0));
      const sorted = [...input.receipts].sort((a, b) => (a.session < b.session ? -1 : a.session > b.session ? 1 : 0));
      expect(settleReceipts({ ...input, receipts: stable }).payments).toEqual(
        settleReceipts({ ...input, receipts: sorted }).payments,
      );
    }),
    { numRuns: 250 },
  );
});

test('what is due and not paid is in the gaps, once', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      // Where every session is countersigned, stages change nothing about what is due.
      fc.pre(sortReceipts(input).sessions.every(({ driver }) => driver !== undefined));
      const { payments, gaps } = settleReceipts(input);
      const paid = payments.reduce((sum, { cells }) => sum + cells, 0);
      const silent = settleReceipts({ ...input, receipts: [] });
      expect(paid + countGapCells(gaps)).toBe(countGapCells(silent.gaps));
    }),
    { numRuns: 250 },
  );
});
