import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../protocol/receipt.ts';
import { countGapCells, settleReceipts } from './settle-receipts.ts';
import type { SettlementInput } from './settlement-types.ts';
import { epochOf, inputOf, PRICE, PROMPT, peerNamed, sessionNamed } from './test-settlement.ts';

const A = epochOf(1, [0, 2, 4, 6]);
const S = sessionNamed(1);
/** What so many positions from 0 cost. */
const costOf = (to: number): number =>
  Math.min(to, PROMPT) * PRICE.promptMicros + Math.max(0, to - PROMPT) * PRICE.completionMicros;
const whole = () => inputOf([{ used: A, worked: { session: S, from: 0, to: 50 } }]);

/** An honest settlement of epoch A with one receipt of a stage spoilt. */
const spoilt = (stage: number, change: Partial<Receipt>): SettlementInput => {
  const input = whole();
  input.receipts[stage] = { ...input.receipts[stage]!, ...change };
  return input;
};
const paidTo = (input: SettlementInput): number[] => {
  const { payments } = settleReceipts(input);
  return A.seats.map(({ peer }) => payments.find((each) => each.peer === peer)?.amountMicros ?? 0);
};
const THIRD = costOf(50) / 3;

test('a whole answer is paid whole, by layers', () => {
  const plan = settleReceipts(whole());
  expect(plan).toEqual({
    payments: [0, 1, 2].map((index) => ({ peer: peerNamed(16 + index), amountMicros: THIRD, cells: 100 })),
    chargedMicros: 10 * 6 + 40 * 24,
    ...{ gaps: [], disputes: [], uncontested: [] },
  });
});

test('cached prompt positions are not paid: the driver signs from where it began', () => {
  const plan = settleReceipts(inputOf([{ used: A, worked: { session: S, from: 7, to: 12 } }]));
  expect(plan.chargedMicros).toBe(3 * 6 + 2 * 24);
});

describe('one stage is not paid, and its cells go back to the payer', () => {
  test('no receipt', () => {
    const input = whole();
    input.receipts.splice(1, 1);
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    const plan = settleReceipts(input);
    expect(plan.gaps).toEqual([{ epoch: 1, session: S, start: 2, end: 4, from: 0, to: 50, why: 'no-receipt' }]);
    expect([countGapCells(plan.gaps), plan.refundedReason]).toEqual([100, 'gaps']);
  });

  test.each<[string, Partial<Receipt>]>([
    ['another job', { job: 'c'.repeat(32) as never }],
    ['another nonce', { nonce: 'c'.repeat(32) }],
    ['another pool', { pool: 'owner/other@main:q4' }],
    ['another epoch', { epoch: 2 }],
    ['another peer', { peer: peerNamed(99) }],
    ['more layers than its seat', { start: 1 }],
    ['other layers than its seat', { start: 4, end: 6 }],
    ['a driver’s role', { role: 'driver' }],
    ['positions that end before they begin', { from: 51 }],
  ])('a receipt for %s', (_name, change) => {
    const input = spoilt(1, change);
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    expect(settleReceipts(input).disputes.map(({ why }) => why)).toEqual(['misplaced']);
  });
});

describe('where two contradict, neither is paid', () => {
  test('a chain that is broken in the middle', () => {
    const input = spoilt(1, { chainOut: 'f'.repeat(64) });
    expect(paidTo(input)).toEqual([THIRD, 0, 0]);
    expect(settleReceipts(input)).toMatchObject({
      disputes: [{ why: 'chain-differs', layer: 4, peers: [peerNamed(17), peerNamed(18)] }],
      gaps: [
        { start: 2, end: 4, why: 'broken-edge' },
        { start: 4, end: 6, why: 'broken-edge' },
      ],
    });
  });

  test('at the driver’s ends', () => {
    expect(paidTo(spoilt(0, { chainIn: 'f'.repeat(64) }))).toEqual([0, THIRD, THIRD]);
    expect(paidTo(spoilt(2, { chainOut: 'f'.repeat(64) }))).toEqual([THIRD, THIRD, 0]);
  });

  test('other frame counts cannot be compared', () => {
    const input = spoilt(0, { frames: 4 });
    expect(paidTo(input)).toEqual([0, 0, THIRD]);
    expect(settleReceipts(input).disputes.map(({ why }) => why)).toEqual(['frames-differ', 'frames-differ']);
  });

  test('a peer that signs two different things for the same frames counts as silent', () => {
    const input = whole();
    input.receipts.push({ ...input.receipts[1]!, to: 49 });
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    expect(settleReceipts(input).disputes.map(({ why }) => why)).toEqual(['contradicts-itself']);
  });
});

test('the same receipt twice, or another one at other frames, changes nothing', () => {
  const input = whole();
  const early = { ...input.receipts[1]!, frames: 2, to: 40, chainIn: '1'.repeat(64), chainOut: '2'.repeat(64) };
  const late = { ...early, frames: 9, to: 90 };
  const more = { ...input, receipts: [early, ...input.receipts, ...input.receipts, late] };
  expect(settleReceipts(more)).toEqual(settleReceipts(input));
});

describe('the driver’s word', () => {
  test('a stage that claims more is paid what the driver got', () => {
    const input = spoilt(1, { to: 80 });
    expect(paidTo(input)).toEqual([THIRD, THIRD, THIRD]);
    expect(settleReceipts(input).disputes).toEqual([
      { why: 'claims-more', epoch: 1, session: S, peers: [peerNamed(17)] },
    ]);
  });

  test('a stage that claims less is paid that', () => {
    const plan = settleReceipts(spoilt(1, { to: 30 }));
    expect(plan.chargedMicros).toBe(costOf(50) - (20 * 24) / 3);
    expect(plan.gaps).toEqual([{ epoch: 1, session: S, start: 2, end: 4, from: 30, to: 50, why: 'not-covered' }]);
  });

  test('a driver that says less than it got: what it signed for is paid', () => {
    const input = whole();
    input.driver[0] = { ...input.driver[0]!, to: 20 };
    expect(settleReceipts(input).chargedMicros).toBe(costOf(20));
  });

  test('a session that the driver does not name is paid to nobody', () => {
    const input = inputOf(
      [1, 2].map((index) => ({ used: A, worked: { session: sessionNamed(index), from: 0, to: 50 } })),
      { choices: 2 },
    );
    input.driver.pop();
    const plan = settleReceipts(input);
    expect(plan.chargedMicros).toBe(costOf(50));
    expect(plan.disputes).toMatchObject([{ why: 'not-countersigned', session: sessionNamed(2) }]);
  });
});

describe('a driver that vanished', () => {
  const without = (change: (receipts: Receipt[]) => void = () => {}) => {
    const input = whole();
    input.driver = [];
    change(input.receipts);
    return settleReceipts(input);
  };

  test('what all stages agree on is paid, and marked', () => {
    const plan = without();
    expect([plan.chargedMicros, plan.uncontested]).toEqual([costOf(50), [{ epoch: 1, session: S }]]);
  });

  test('the least position that all have', () => {
    expect(
      without((receipts) => {
        receipts[2]!.to = 40;
      }).chargedMicros,
    ).toBe(costOf(40));
  });

  test.each<[string, (receipts: Receipt[]) => void]>([
    ['one is silent', (receipts) => void receipts.pop()],
    ['a chain differs', (receipts) => void Object.assign(receipts[1]!, { chainIn: 'f'.repeat(64) })],
    ['frames differ', (receipts) => void Object.assign(receipts[2]!, { frames: 9 })],
  ])('nothing when %s', (_name, change) => {
    const plan = without(change);
    expect([plan.chargedMicros, plan.refundedReason, plan.uncontested]).toEqual([0, 'gaps', []]);
  });

  test('stages cannot say that it came further than the next one', () => {
    const B = epochOf(2, [0, 3, 6]);
    const input = inputOf([
      { used: A, worked: { session: S, from: 0, to: 900 } },
      { used: B, worked: { session: sessionNamed(2), from: 0, to: 60 } },
    ]);
    input.driver.shift();
    expect(settleReceipts(input).chargedMicros).toBe(costOf(60));
  });
});

describe('several epochs', () => {
  const B = epochOf(2, [0, 3, 6]);
  const failover = () =>
    inputOf([
      { used: A, worked: { session: S, from: 0, to: 30 } },
      { used: B, worked: { session: sessionNamed(2), from: 0, to: 50 } },
    ]);

  test('a failover’s replay is not paid again', () => {
    const plan = settleReceipts(failover());
    expect(plan.chargedMicros).toBe(costOf(50));
    expect(plan.payments.map(({ cells }) => cells)).toEqual([60, 60, 60, 60, 60]);
  });

  test('of cells that the first epoch cannot show, the second’s replay is paid', () => {
    const input = failover();
    input.receipts.splice(1, 1);
    const plan = settleReceipts(input);
    expect([plan.chargedMicros, plan.gaps]).toEqual([costOf(50), []]);
    // Layer 2 of positions [0, 30) went to the first stage of the second epoch, layer 3 to its second.
    expect(plan.payments.map(({ cells }) => cells)).toEqual([60, 60, 90, 90]);
  });

  test('a cell that neither shows is one gap', () => {
    const input = failover();
    input.receipts = input.receipts.filter(({ start }) => start !== 0);
    const plan = settleReceipts(input);
    expect(countGapCells(plan.gaps)).toBe(2 * 50 + 1 * 50 - 30);
    expect(plan.chargedMicros).toBeLessThan(costOf(50));
  });

  test('a rollback within a session counts its positions once', () => {
    const input = inputOf([{ used: A, worked: { session: S, from: 0, to: 50, frames: 400 } }]);
    expect(settleReceipts(input).chargedMicros).toBe(costOf(50));
  });

  test('turns before are not paid again when the route is lost', () => {
    const plan = settleReceipts(
      inputOf(
        [
          { used: A, worked: { session: S, from: 80, to: 100 } },
          { used: B, worked: { session: sessionNamed(2), from: 0, to: 110 } },
        ],
        { promptTokens: 90 },
      ),
    );
    expect(plan.chargedMicros).toBe(10 * 6 + 20 * 24);
  });

  test('choices are paid each, and replays of them not', () => {
    const worked = (session: number, to: number) => ({ session: sessionNamed(session), from: 0, to });
    const input = inputOf(
      [
        { used: A, worked: worked(1, 30) },
        { used: A, worked: worked(2, 40) },
        { used: B, worked: worked(3, 50) },
        { used: B, worked: worked(4, 60) },
      ],
      { choices: 2 },
    );
    expect(settleReceipts(input).chargedMicros).toBe(costOf(50) + costOf(60));
  });
});

test('nothing signed, nothing charged', () => {
  const input = { ...whole(), receipts: [], driver: [] };
  expect(settleReceipts(input)).toMatchObject({ chargedMicros: 0, payments: [], refundedReason: 'no-receipts' });
});

test('more than the hold is a fault and not a discount', () => {
  expect(() => settleReceipts({ ...whole(), holdMicros: costOf(50) - 1 })).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
  expect(settleReceipts({ ...whole(), holdMicros: costOf(50) }).chargedMicros).toBe(costOf(50));
});

test('a context of 131,072 positions over 100 layers settles within 5 ms', () => {
  const cuts = Array.from({ length: 21 }, (_, index) => index * 5);
  const works = Array.from({ length: 8 }, (_, index) => ({
    used: epochOf(index + 1, cuts, index * 32),
    worked: { session: sessionNamed(index), from: 0, to: 131_072 - (7 - index) * 1000 },
  }));
  const input = inputOf(works, { maxTokens: 131_072 });
  const times = Array.from({ length: 9 }, () => {
    const startMs = performance.now();
    expect(settleReceipts(input).chargedMicros).toBe(costOf(131_072));
    return performance.now() - startMs;
  });
  expect(Math.min(...times)).toBeLessThan(5);
});
