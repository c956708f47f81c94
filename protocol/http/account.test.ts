import { expect, test } from 'vitest';
import { accountSchema, keysSchema, newKeySchema } from './account.ts';

const CREATED = '2026-03-04T05:06:07.000Z';
const balance = { available: { credits: '1.5', micros: 1_500_000 }, held: { credits: '0', micros: 0 } };
const account = { id: '1', name: 'ann', createdAt: CREATED, balance, peers: ['0'.repeat(32)] };
const key = { id: '1', label: 'laptop', prefix: 'cp-abcdef', createdAt: CREATED, lastUsedAt: null };

test('an account is read with both ways of an amount, its moments as dates', () => {
  expect(accountSchema.parse(account)).toEqual({ ...account, createdAt: new Date(CREATED) });
});

test.each([
  ['a peer that is none', { peers: ['../x'] }],
  ['a moment that is none', { createdAt: 'yesterday' }],
  ['a balance in parts of a micro', { balance: { ...balance, held: { credits: '0', micros: 0.5 } } }],
])('%s is refused', (_name, fields) => {
  expect(accountSchema.safeParse({ ...account, ...fields }).success).toBe(false);
});

test('a key that was never used has no date; its secret is in the answer that makes it alone', () => {
  const [read] = keysSchema.parse({ keys: [{ ...key, key: 'cp-secret' }] }).keys;
  expect(read).toEqual({ ...key, createdAt: new Date(CREATED) });
  expect(newKeySchema.parse({ ...key, key: 'cp-secret' }).key).toBe('cp-secret');
});
