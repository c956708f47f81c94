import { expect, test } from 'vitest';
import { usdcOfWei, weiOfDollars, weiOfPico, weiOfUsdc } from './amounts.ts';
import { type Ask, type ChainCosts, planOffer } from './plan-offer.ts';

const COSTS: ChainCosts = {
  ...{ streamGasWei: weiOfDollars(0.00875), ticksGasWei: weiOfDollars(0.003), bounty: 20_000n },
  ...{ bufferSeconds: 600, leastBufferWei: 0n, graceSeconds: 300 },
};
/** $0.20 for a million tokens, at 100 tokens a second: two thousandths of a cent a second. */
const ASK: Ask = {
  price: { promptMicros: 50_000, completionMicros: 200_000 },
  tokensPerSecond: 100,
  want: { seconds: 3600 },
};

test('one answer is paid for at its end: what it may cost, and the fee that is shown', () => {
  const offer = planOffer({ ...ASK, want: { answerPico: 204_800_000 } }, COSTS);
  expect(offer).toMatchObject({ mode: 'ticks', rateWei: 0n, spendWei: weiOfPico(204_800_000) });
  expect(offer.amount).toBe(usdcOfWei(offer.spendWei) + offer.fee);
  expect(offer.fee).toBe(usdcOfWei((COSTS.ticksGasWei * 120n) / 100n));
});

test('a session whose gas would be much of what is spent is settled at once, and says so', () => {
  const { mode, reason } = planOffer(ASK, COSTS);
  expect(mode).toBe('ticks');
  expect(reason).toContain('gas');
});

test('a session that is worth it streams nine tenths of its pace, and its buffer is its own', () => {
  const dear = { ...ASK, price: { promptMicros: 5_000_000, completionMicros: 20_000_000 } };
  const offer = planOffer(dear, COSTS);
  expect(offer.mode).toBe('stream');
  const pace = weiOfPico(20_000_000) * 100n;
  expect(offer.rateWei).toBe((pace * 9n) / 10n);
  expect(offer.rateWei % 10_000n).toBe(0n);
  expect(offer.spendWei).toBe(pace * 3600n);
  const locked = weiOfUsdc(offer.amount - offer.fee) - offer.spendWei;
  expect(locked).toBeGreaterThanOrEqual(offer.rateWei * 902n);
  expect(locked).toBeLessThan(offer.rateWei * 902n + weiOfUsdc(2n));
});

test('whoever ends a session whose answers came fast waits five minutes at most for the rest', () => {
  const dear = { ...ASK, price: { promptMicros: 5_000_000, completionMicros: 20_000_000 } };
  for (const seconds of [60, 3600, 86_400]) {
    const { spendWei, maxRateWei, mode } = planOffer({ ...dear, want: { seconds }, mode: 'stream' }, COSTS);
    expect([mode, maxRateWei * 301n >= spendWei]).toEqual(['stream', true]);
  }
});

test('one answer has the time that a slow pool needs for it, within a grant', () => {
  const at = (tokensPerSecond: number): number =>
    planOffer({ ...ASK, tokensPerSecond, want: { answerPico: 204_800_000 } }, COSTS).maxSeconds;
  expect([at(100), at(4), at(0.1)]).toEqual([600, 1024, 1800]);
});

test('dollars pay for fee and buffer too: what is left may be spent', () => {
  const dollarsWei = weiOfDollars(2);
  const offer = planOffer({ ...ASK, want: { dollarsWei }, mode: 'stream' }, COSTS);
  expect(offer.mode).toBe('stream');
  expect(weiOfUsdc(offer.amount)).toBeGreaterThanOrEqual(dollarsWei - weiOfUsdc(2n));
  expect(weiOfUsdc(offer.amount)).toBeLessThanOrEqual(dollarsWei + weiOfUsdc(2n));
});

test('a stream that was asked for and cannot be carried is paid at its end, with the reason', () => {
  const { mode, reason } = planOffer({ ...ASK, want: { dollarsWei: weiOfDollars(0.04) }, mode: 'stream' }, COSTS);
  expect(mode).toBe('ticks');
  expect(reason).toContain('buffer');
});
