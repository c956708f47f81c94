import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../protocol/receipt.ts';
import { settle } from './settle.ts';
import type { SettlementInput } from './settlement-types.ts';
import { costOf, epochOf, inputOf, PRICE, PROMPT, peerNamed, sessionNamed, workOf } from './test-settlement.ts';

const A = epochOf(1, [0, 2, 4, 6]);
const B = epochOf(2, [0, 3, 6]);
const whole = () => inputOf([{ used: A, tokens: 40 }]);
const THIRD = costOf(40) / 3;
const paidTo = (input: SettlementInput, used = A): number[] => {
  const { payments } = settle(input);
  return used.seats.map(({ peer }) => payments.find((each) => each.peer === peer)?.amountMicros ?? 0);
};
/** An honest settlement of epoch A with one receipt of a stage spoilt. */
const spoilt = (stage: number, change: Partial<Receipt>): SettlementInput => {
  const input = whole();
  input.receipts[stage] = { ...input.receipts[stage]!, ...change };
  return input;
};

test('a whole answer is paid whole, by layers', () => {
  expect(settle(whole())).toEqual({
    payments: [0, 1, 2].map((index) => ({ peer: peerNamed(16 + index), amountMicros: THIRD, cells: 100 })),
    ...{ chargedMicros: 10 * 6 + 40 * 24, billMicros: 10 * 6 + 40 * 24 },
    ...{ gaps: [], disputes: [], beyond: 0 },
  });
});

test('what an earlier answer paid for is not paid again', () => {
  const input = inputOf([{ used: A, tokens: 2 }], { cachedTokens: 7 });
  expect(settle(input)).toMatchObject({ chargedMicros: 3 * 6 + 2 * 24, billMicros: 3 * 6 + 2 * 24, gaps: [] });
});

test('where nothing was delivered, nothing is paid', () => {
  expect(settle(inputOf([{ used: A, tokens: 0 }]))).toMatchObject({ chargedMicros: 0, billMicros: 0, payments: [] });
});

test('D1: drafts and overshoot that nobody received cost nothing', () => {
  const input = whole();
  input.receipts = workOf(A, { session: sessionNamed(1), from: 0, to: 90 });
  expect(settle(input)).toMatchObject({ chargedMicros: costOf(40), gaps: [] });
});

describe('G6: what one seat shows, or does not, changes its own pay alone', () => {
  test('no receipt', () => {
    const input = whole();
    input.receipts.splice(1, 1);
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    expect(settle(input).gaps).toEqual([{ epoch: 1, peer: peerNamed(17), cells: 100, why: 'no-receipt' }]);
  });

  test.each<[string, Partial<Receipt>]>([
    ['another job', { job: 'c'.repeat(32) as never }],
    ['another nonce', { nonce: 'c'.repeat(32) }],
    ['another pool', { pool: 'owner/other@main:q4' }],
    ['another epoch', { epoch: 2 }],
    ['an epoch that no column holds', { epoch: 2 ** 40 }],
    ['another peer', { peer: peerNamed(99) }],
    ['more layers than its seat', { start: 1 }],
    ['other layers than its seat', { start: 4, end: 6 }],
  ])('a receipt for %s', (_name, change) => {
    const input = spoilt(1, change);
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    expect(settle(input).disputes.map(({ why }) => why)).toEqual(['misplaced']);
  });

  test.each<[string, Partial<Receipt>]>([
    ['ends before it begins', { from: 51 }],
    ['begins before the first position', { from: -1 }],
    ['ends nowhere', { to: Number.POSITIVE_INFINITY }],
    ['is no number', { to: Number.NaN }],
    ['was received further than it came', { lastFrom: 90 }],
  ])('a receipt that %s', (_name, change) => {
    const input = spoilt(1, change);
    expect(paidTo(input)).toEqual([THIRD, 0, THIRD]);
    expect(settle(input).disputes.map(({ why }) => why)).toEqual(['out-of-range']);
  });

  test('a chain that differs pays as ever, and is noted', () => {
    const input = spoilt(1, { chainOut: 'f'.repeat(64) });
    expect(paidTo(input)).toEqual([THIRD, THIRD, THIRD]);
    expect(settle(input).disputes).toEqual([
      { why: 'chain-differs', epoch: 1, session: sessionNamed(1), peers: [peerNamed(17), peerNamed(18)], layer: 4 },
    ]);
  });

  test('two receipts of one seat for one session: the longer one counts, in either order', () => {
    for (const order of [0, 1]) {
      const input = whole();
      input.receipts.splice(order, 0, { ...input.receipts[0]!, to: 20, lastFrom: 19 });
      expect(paidTo(input)).toEqual([THIRD, THIRD, THIRD]);
      expect(settle(input).disputes.map(({ why }) => why)).toEqual(['contradicts-itself']);
    }
  });

  test('a receipt up to the end of all numbers is worth what was delivered', () => {
    for (const to of [1e6, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      expect(paidTo(spoilt(0, { to, lastFrom: to }))).toEqual([THIRD, THIRD, THIRD]);
    }
  });

  test('invented sessions leave nobody unpaid and earn nothing', () => {
    const input = whole();
    const more = Array.from(
      { length: 20 },
      (_, index) => workOf(A, { session: sessionNamed(90 + index), from: 0, to: 900 })[2]!,
    );
    input.receipts.unshift(...more);
    expect(paidTo(input)).toEqual([THIRD, THIRD, THIRD]);
  });

  test('a seat of an earlier epoch that delivered nothing takes nothing', () => {
    const input = inputOf([{ used: B, tokens: 40 }]);
    const solo = epochOf(1, [0, 6]);
    input.epochs = [solo, ...input.epochs];
    input.receipts.unshift(...workOf(solo, { session: sessionNamed(9), from: 0, to: 1000 }));
    expect(paidTo(input, solo)).toEqual([0]);
    expect(paidTo(input, B)).toEqual([costOf(40) / 2, costOf(40) / 2]);
  });

  test('a seat that shows less is paid for that', () => {
    const input = spoilt(1, { to: 29, lastFrom: 28 });
    expect(paidTo(input)).toEqual([THIRD, (costOf(40) - 20 * 24) / 3, THIRD]);
    expect(settle(input).gaps).toEqual([{ epoch: 1, peer: peerNamed(17), cells: 40, why: 'not-covered' }]);
  });
});

test('G7: what the witness itself got wrong is clamped to what is held', () => {
  const input = whole();
  const hostile = { promptTokens: 2 ** 53, cachedTokens: -5, choices: [[{ epoch: 1, tokens: 2 ** 60 }]] };
  const { billMicros, chargedMicros } = settle({ ...input, delivery: hostile });
  expect(billMicros).toBe(PROMPT * 6 + 1000 * 24);
  expect(chargedMicros).toBe(costOf(40));
  for (const tokens of [Number.NaN, -1, 0.5, Number.NEGATIVE_INFINITY]) {
    const delivery = { promptTokens: tokens, cachedTokens: tokens, choices: [[{ epoch: 1, tokens }], [], []] };
    expect(settle({ ...input, delivery }).chargedMicros).toBe(0);
  }
});

describe('several epochs', () => {
  const failover = () =>
    inputOf([
      { used: A, tokens: 20 },
      { used: B, tokens: 20 },
    ]);

  test('each is paid for what it delivered, and nobody for computing again', () => {
    const plan = settle(failover());
    expect([plan.chargedMicros, plan.billMicros]).toEqual([costOf(40), costOf(40)]);
    expect(plan.payments.map(({ cells }) => cells)).toEqual([60, 60, 60, 60, 60]);
  });

  test('what a seat of the first does not show is nobody’s, also where the second computed it again', () => {
    const input = failover();
    input.receipts.splice(1, 1);
    const plan = settle(input);
    expect(plan.chargedMicros).toBe(costOf(40) - costOf(20) / 3);
    expect(plan.payments.map(({ cells }) => cells)).toEqual([60, 60, 60, 60]);
  });

  test('an answer that goes on twice in one epoch counts once', () => {
    const input = inputOf([
      { used: A, tokens: 20 },
      { used: A, tokens: 20 },
    ]);
    expect(settle(input).chargedMicros).toBe(costOf(40));
  });
});

test('choices are due each, where they were delivered', () => {
  const input = inputOf([{ used: A, tokens: 20 }]);
  input.most.choices = 3;
  input.delivery = {
    ...input.delivery!,
    choices: [[{ epoch: 1, tokens: 20 }], [{ epoch: 1, tokens: 5 }], [{ epoch: 1, tokens: 0 }]],
  };
  input.receipts.push(...workOf(A, { session: sessionNamed(2), from: 0, to: 14 }));
  expect(settle(input)).toMatchObject({ chargedMicros: costOf(20) + costOf(5), billMicros: costOf(20) + costOf(5) });
  // Whoever shows one session is paid for one.
  input.receipts.pop();
  expect(paidTo(input)).toEqual([(costOf(20) + costOf(5)) / 3, (costOf(20) + costOf(5)) / 3, costOf(20) / 3]);
});

describe('a client that vanished', () => {
  const without = (change: (receipts: Receipt[]) => void = () => {}) => {
    const input = { ...whole(), delivery: undefined };
    change(input.receipts);
    return settle(input);
  };

  test('has received what it went on from: the last token is given', () => {
    expect(without()).toMatchObject({ chargedMicros: costOf(39), beyond: 0 });
  });

  test('no more than the least that all say', () => {
    expect(without((receipts) => void Object.assign(receipts[2]!, { lastFrom: 19 })).chargedMicros).toBe(costOf(10));
  });

  test('nothing when one is silent, or speaks of another session', () => {
    expect(without((receipts) => void receipts.pop()).chargedMicros).toBe(0);
    expect(without((receipts) => void Object.assign(receipts[2]!, { session: sessionNamed(5) })).chargedMicros).toBe(0);
  });

  test('one seat agrees with nobody', () => {
    const solo = epochOf(3, [0, 6]);
    const input = { ...inputOf([{ used: solo, tokens: 900 }]), delivery: undefined };
    expect(settle(input).chargedMicros).toBe(0);
  });

  test('all seats together are bounded by what a loop may be ahead of a client that said nothing, and by what is held', () => {
    const input = { ...whole(), delivery: undefined, isChat: true };
    input.receipts = workOf(A, { session: sessionNamed(1), from: 0, to: 1e6 });
    // What they computed beyond is nobody's debt; so much of it may be the payer's doing.
    const ranAhead = { why: 'ran-ahead', epoch: 1, peers: [peerNamed(16)] };
    expect(settle(input)).toMatchObject({ chargedMicros: costOf(256), beyond: 256 + 64, disputes: [ranAhead] });
    expect(settle({ ...input, loopAhead: 1e9 }).chargedMicros).toBe(costOf(1000));
  });

  test('G6: one seat of the epoch before, which did nothing, takes the prompt’s pay from nobody', () => {
    const [before, after] = [epochOf(1, [0, 6]), epochOf(2, [0, 3, 6])];
    const honest = workOf(after, { session: sessionNamed(2), from: 0, to: PROMPT + 20 });
    const [lie] = workOf(before, { session: sessionNamed(1), from: PROMPT - 1, to: PROMPT });
    const input = { ...inputOf([{ used: after, tokens: 20 }]), delivery: undefined, epochs: [before, after] };
    const [alone, beside] = [honest, [lie!, ...honest]].map((receipts) => settle({ ...input, receipts }));
    expect(beside!.chargedMicros).toBe(alone!.chargedMicros);
    expect(beside!.payments).toEqual(alone!.payments);
    // What an earlier answer had paid for is not paid again.
    const cached = settle({ ...input, receipts: [lie!, ...honest], paidTokens: 5 });
    expect(alone!.chargedMicros - cached.chargedMicros).toBe(5 * PRICE.promptMicros);
  });

  test('epochs that were known before they were used are in the order of their positions', () => {
    const told = inputOf([
      { used: A, tokens: 20 },
      { used: B, tokens: 20 },
    ]);
    const known = { ...told, epochs: [told.epochs[1]!, told.epochs[0]!] };
    expect(settle({ ...known, delivery: undefined }).payments).toEqual(
      settle({ ...told, delivery: undefined }).payments,
    );
    expect(settle({ ...known, isChat: true }).beyond).toBe(0);
  });

  test('over several epochs each is due for what it added', () => {
    const input = inputOf([
      { used: A, tokens: 20 },
      { used: B, tokens: 20 },
    ]);
    const plan = settle({ ...input, delivery: undefined });
    expect(plan.chargedMicros).toBe(costOf(39));
    expect(plan.payments.map(({ cells }) => cells)).toEqual([58, 58, 58, 60, 60]);
  });
});

test('disputes are bounded', () => {
  const input = whole();
  const strange = Array.from({ length: 5000 }, () => ({ ...input.receipts[0]!, epoch: 9 }));
  expect(settle({ ...input, receipts: [...strange, ...input.receipts] })).toMatchObject({
    chargedMicros: costOf(40),
    disputes: { length: 64 },
  });
});
