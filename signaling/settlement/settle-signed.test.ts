// What the client of a chat signs for, and what that costs it.
import { describe, expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { settle } from './settle.ts';
import { costOf, epochOf, inputOf, PRICE, PROMPT, peerNamed, sessionNamed, workOf } from './test-settlement.ts';

const A = epochOf(1, [0, 2, 4, 6]);
const B = epochOf(2, [0, 3, 6]);
const whole = () => inputOf([{ used: A, tokens: 40 }]);

describe('a client that signs', () => {
  const signing = (tokens: number, more: { cachedTokens?: number; promptTokens?: number } = {}) => {
    const input = { ...whole(), isChat: true };
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens }]], ...more };
    return settle(input);
  };

  test('for all that it received leaves nothing, with the last token or without', () => {
    for (const tokens of [40, 39]) expect(signing(tokens)).toMatchObject({ beyond: 0, disputes: [] });
  });

  test('for less is charged as it signed; what its loop computed beyond is counted, and nobody’s fault', () => {
    expect(signing(10)).toMatchObject({ chargedMicros: costOf(10), beyond: 29, disputes: [] });
  });

  test('is charged as it signed where its loop ran on and on: that is noted, and the payer’s only as far as it may', () => {
    const input = { ...whole(), isChat: true, loopAhead: 8 };
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens: 10 }]] };
    input.receipts = workOf(A, { session: sessionNamed(1), from: 0, to: 200 });
    const ranAhead = { why: 'ran-ahead', epoch: 1, peers: [peerNamed(16)] };
    expect(settle(input)).toMatchObject({ chargedMicros: costOf(10), beyond: 8 + 64, disputes: [ranAhead] });
  });

  test('for nothing at all leaves its prompt unpaid as well', () => {
    // A position of a prompt is a fourth of a token.
    expect(signing(0)).toMatchObject({ chargedMicros: 0, beyond: 39 + 3 });
  });

  test('for less, once it has left more than it may: is charged as one that signed nothing, as far as its loop may be ahead', () => {
    const input = { ...whole(), isChat: true, loopAhead: 8, isTrusted: false };
    input.receipts = workOf(A, { session: sessionNamed(1), from: 0, to: 18 });
    for (const [tokens, charged] of Object.entries({ 0: 8, 5: 8, 9: 9 })) {
      input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens: Number(tokens) }]] };
      expect(settle(input).chargedMicros).toBe(costOf(charged));
    }
    input.receipts = workOf(A, { session: sessionNamed(1), from: 0, to: PROMPT });
    input.delivery = { ...input.delivery!, choices: [[]] };
    expect(settle(input).chargedMicros).toBe(costOf(1));
    expect(settle({ ...input, isTrusted: true })).toMatchObject({ chargedMicros: 0, beyond: 3 });
  });

  test('for all that was set aside leaves nothing more, whatever the seats sign together', () => {
    const input = { ...whole(), isChat: true };
    const { maxTokens } = input.most;
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens: maxTokens }]] };
    input.receipts = input.receipts.map((receipt) => ({ ...receipt, to: 1e6 + 1, lastFrom: 1e6 }));
    expect(settle(input).beyond).toBe(0);
  });

  test('where guesses are fed, those are not counted', () => {
    const input = { ...whole(), isChat: true, ahead: 32 };
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens: 10 }]] };
    expect(settle(input).beyond).toBe(0);
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 1, tokens: 5 }]] };
    expect(settle(input).beyond).toBe(2);
  });

  test('for a cache that the seats did not have is charged as it signed: it had paid for that once', () => {
    expect(signing(40, { cachedTokens: 7 })).toMatchObject({ chargedMicros: costOf(40, 7), beyond: 0 });
  });

  test.each<[string, { epoch: number; tokens: number }[]]>([
    ['an epoch that nobody used', [{ epoch: 7, tokens: 40 }]],
    ['one that was idle', [{ epoch: 2, tokens: 40 }]],
    ['one that gave a token', [{ epoch: 3, tokens: 40 }]],
    [
      'one that it did not, but for the first',
      [
        { epoch: 1, tokens: 1 },
        { epoch: 2, tokens: 39 },
      ],
    ],
  ])('for %s pays those who show it: there is nothing to gain by it', (_which, delivered) => {
    const C = epochOf(3, [0, 1, 6]);
    const input = { ...whole(), isChat: true };
    input.epochs = [A, B, C];
    input.receipts.push(...workOf(C, { session: sessionNamed(2), from: 0, to: PROMPT + 1 }));
    input.delivery = { ...input.delivery!, choices: [delivered] };
    const { chargedMicros, beyond, payments } = settle(input);
    expect(chargedMicros).toBe(costOf(40));
    // The one token that C computed for nobody.
    expect(beyond).toBeLessThanOrEqual(1);
    const shown = payments.filter(({ peer }) => A.seats.some((seat) => seat.peer === peer));
    expect(shown.reduce((sum, { amountMicros }) => sum + amountMicros, 0)).toBeGreaterThan(37 * PRICE.completionMicros);
  });

  test('for all in the last epoch pays the one before what it showed: sessions that were carried on begin there', () => {
    const input = { ...inputOf([{ used: A, tokens: 104 }]), isChat: true };
    input.epochs = [A, B];
    const at = PROMPT - 1 + 104;
    input.receipts.push(...workOf(B, { session: sessionNamed(2), from: at, to: at + 96 }));
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 2, tokens: 200 }]] };
    const { chargedMicros, beyond } = settle(input);
    // A micro of each seat is rounded away.
    expect(chargedMicros).toBeGreaterThan(costOf(200) - 6);
    expect(beyond).toBe(0);
  });

  test('for a seat of its own in an idle epoch takes nothing from those who show it at the other layers; what it takes is unpaid', () => {
    const input = { ...whole(), isChat: true };
    input.epochs = [A, B];
    const [own] = workOf(B, { session: sessionNamed(2), from: 0, to: 9999 });
    input.receipts.push(own!);
    input.delivery = { ...input.delivery!, choices: [[{ epoch: 2, tokens: 40 }]] };
    const { payments, beyond } = settle(input);
    const paid = (peer: PeerId): number => payments.find((each) => each.peer === peer)?.amountMicros ?? 0;
    // It has three layers of six.
    expect(paid(own!.peer)).toBe(costOf(40) / 2);
    expect(paid(A.seats[2]!.peer)).toBe(costOf(40) / 3);
    // Half of the layers.
    expect(beyond).toBe(39 - 20);
  });

  test('for what a ring gave that is gone and shows nothing pays the next one, which computed it again and shows all of it', () => {
    const input = {
      ...inputOf([
        { used: A, tokens: 20 },
        { used: B, tokens: 20 },
      ]),
      isChat: true,
    };
    input.receipts = input.receipts.filter(({ epoch }) => epoch === 2);
    expect(settle(input).chargedMicros).toBe(costOf(40));
    // Over HTTP the server knows where each token came from.
    expect(settle({ ...input, isChat: false }).chargedMicros).toBeLessThan(costOf(25));
  });

  test('for what came of the next epoch leaves unpaid what the loop before it went on to compute alone', () => {
    const input = {
      ...inputOf([
        { used: A, tokens: 20 },
        { used: B, tokens: 20 },
      ]),
      isChat: true,
    };
    const [first] = input.receipts;
    for (const receipt of input.receipts)
      if (receipt.epoch === first!.epoch) Object.assign(receipt, { to: PROMPT + 30, lastFrom: PROMPT + 29 });
    expect(settle(input)).toMatchObject({ beyond: 10, disputes: [] });
  });
});
