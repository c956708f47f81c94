import { expect, test } from 'vitest';
import { balancePathSchema, peerPathSchema, statementQuerySchema } from './address.ts';

test('a page of the statement has 50 lines unless the address says so, in digits', () => {
  expect(statementQuerySchema.parse({})).toEqual({ limit: 50 });
  expect(statementQuerySchema.parse({ limit: '7', before: '12' })).toEqual({ limit: 7, before: '12' });
  for (const limit of ['0', '201', 'x', '1.5', ''])
    expect(statementQuerySchema.safeParse({ limit }).success).toBe(false);
});

test('what is wrong with a peer’s id is said in words; a balance is asked of any text', () => {
  expect(peerPathSchema.safeParse({ id: 'x' }).error?.issues).toMatchObject([
    { path: ['id'], message: 'Not a peer’s id' },
  ]);
  expect(balancePathSchema.safeParse({ peer: 'x' }).success).toBe(true);
});
