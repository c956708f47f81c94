import { expect, test } from 'vitest';
import { poolSchema, poolsSchema, priceSchema } from './pool.ts';
import { MAX_ROWS } from './shape.ts';

const details = {
  ...{ layers: 2, hiddenSize: 64, layerBytes: [500, 500], embeddingBytes: 9, headBytes: 9, tiedBytes: 0 },
  ...{ kvBytesPerToken: 2048, contextTokens: 512 },
};
const pool = {
  ...{ pool: 'owner/tiny@main:q4', model: { repo: 'owner/tiny', revision: 'main', dtype: 'q4' } },
  ...{
    peers: 0,
    state: 'empty',
    reason: '',
    policy: 'commons',
    market: null,
    isKept: true,
    stages: null,
    recruit: true,
  },
  ...{ loaded: true, listedPeers: 0, price: null, createdBy: null, details, createdAt: null, updatedAt: null },
  ...{ embedOrigins: ['https://app.example'], sponsor: { visitorMicros: 1, dayMicros: 2 } },
};
const takes = (fields: object) => poolSchema.safeParse({ ...pool, ...fields }).success;

test('a pool that nobody made and one whose graph is not read yet', () => {
  expect(poolSchema.parse({ ...pool, details: null })).toEqual({ ...pool, details: null });
  expect(poolSchema.parse({ ...pool, createdBy: 'ann', createdAt: '2026-03-04T05:06:07Z' }).createdAt).toEqual(
    new Date(Date.UTC(2026, 2, 4, 5, 6, 7)),
  );
});

const market = { chainId: 84532, contract: `0x${'ab'.repeat(20)}`, treasuryUnits: 3000 };

test('a market pool names the contract that pays, its address in any case', () => {
  const price = { promptMicros: 50_000, completionMicros: 200_000 };
  const shown = { ...pool, policy: 'market', price, market: { ...market, contract: `0x${'AB'.repeat(20)}` } };
  expect(poolSchema.parse(shown)).toMatchObject({ policy: 'market', market, price });
});

test.each([
  ['a market without a contract', { market: { ...market, contract: undefined } }],
  ['a contract that is no address', { market: { ...market, contract: '0xab' } }],
  ['a treasury that has all', { market: { ...market, treasuryUnits: 10_000 } }],
  ['a chain that is none', { market: { ...market, chainId: 0 } }],
  ['a name that leads out of its folder', { pool: '../../x@main:q4' }],
  ['a policy that this page does not know', { policy: 'auction' }],
  ['a state that this page does not know', { state: 'paused' }],
  ['fewer than no peers', { peers: -1 }],
  ['half a stage', { stages: 1.5 }],
  ['a price without its half', { price: { promptMicros: 1 } }],
  ['a layer of negative size', { details: { ...details, layerBytes: [-1] } }],
  ['more layers than any model has', { details: { ...details, layerBytes: Array(1025).fill(1) } }],
  ['a sentence without end', { reason: 'x'.repeat(10_000) }],
  ['a field that is not there', { listedPeers: undefined }],
])('%s is refused', (_name, fields) => {
  expect(takes(fields)).toBe(false);
});

test('what a newer server says beside it is left out, but a price is exactly one', () => {
  expect(poolSchema.parse({ ...pool, mood: 'good' })).toEqual(pool);
  expect(priceSchema.safeParse({ promptMicros: 1, completionMicros: 2, tip: 3 }).success).toBe(false);
});

test('a list has an end', () => {
  const pools = Array.from({ length: MAX_ROWS }, () => pool);
  expect(poolsSchema.parse({ pools }).pools).toHaveLength(MAX_ROWS);
  expect(poolsSchema.safeParse({ pools: [...pools, pool] }).success).toBe(false);
});
