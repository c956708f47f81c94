// A price that was told holds for its pool and its time, and nobody can write one.
import { expect, test } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { admitJob, termsOf, withinMost } from './admit-job.ts';
import { PriceQuotes } from './price-quotes.ts';
import { TestContext } from './test-context.ts';
import { PRICE } from './test-scene.ts';

const PAYER = accountOwner('anna' as AccountId);
const POOL = poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4' });
const OTHER = poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'fp32' });

test('a quote gives its price back until it is over, for its own pool', () => {
  let nowMs = 1_000_000;
  const quotes = new PriceQuotes(() => nowMs);
  const { quote, expiresAt } = quotes.make(POOL, PRICE);
  expect(quotes.open(quote, POOL)).toEqual({ price: PRICE, expiresAt });
  expect(() => quotes.open(quote, OTHER)).toThrow('another pool');
  expect(() => quotes.open(`${quote}.x`, POOL)).toThrow('not of this server');
  nowMs = expiresAt.getTime() - 1;
  expect(quotes.open(quote, POOL)).toEqual({ price: PRICE, expiresAt });
  nowMs += 1;
  expect(() => quotes.open(quote, POOL)).toThrow('has expired');
});

test.each([
  ['', 'nothing'],
  ['.', 'two parts of nothing'],
  [
    `${Buffer.from(JSON.stringify({ pool: POOL, promptMicros: 0, completionMicros: 0, expires: 9e9 })).toString('base64url')}.`,
    'no signature',
  ],
  [new PriceQuotes().make(POOL, { promptMicros: 0, completionMicros: 0 }).quote, 'another process'],
])('%s is of %s', (quote) => {
  expect(() => new PriceQuotes().open(quote, POOL)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

test('G11: a price that was quoted is the job’s, whatever the pool’s has become', async () => {
  const test = await TestContext.of();
  const pool = test.network.pool()!;
  const { quote } = test.context.quotes.make(pool.id, PRICE);
  const dear = { ...test.context, priceOf: () => ({ promptMicros: 1_000_000, completionMicros: 1_000_000 }) };
  const order = { payer: PAYER, promptTokens: 5, maxTokens: 8, choices: 1 };
  expect(termsOf(dear, pool, { ...order, quote }).price).toEqual(PRICE);
  expect(termsOf(dear, pool, order).price).not.toEqual(PRICE);
  await test.close();
});

test('G2: no request costs more than it allows, and one that could is refused before anything is held', async () => {
  const test = await TestContext.of();
  const terms = termsOf(test.context, test.network.pool()!, {
    payer: PAYER,
    promptTokens: 5,
    maxTokens: 8,
    choices: 1,
  });
  expect(terms.heldMicros).toBe(5 * PRICE.promptMicros + 8 * PRICE.completionMicros);
  expect(withinMost(terms, terms.heldMicros)).toBe(terms);
  const refused = { code: 'bad-request', data: { param: 'max_credits', code: 'max_credits_exceeded' } };
  expect(() => withinMost(terms, terms.heldMicros - 1)).toThrow(expect.objectContaining(refused));
  const job = await admitJob(test.context, test.fields(withinMost(terms, undefined)));
  expect(job.heldMicros).toBe(terms.heldMicros);
  await test.close();
});
