// Whose transaction it is: ours, another account's, one from before this database, or of somebody who has our key too.
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import type { OpenChain } from './open-chain.ts';
import { OwnKey } from './own-key.ts';
import { chainTransactions } from './tables.ts';

const CHAIN_ID = 31_337;
const account = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const OTHER = `0x${'22'.repeat(20)}` as const;
const hashOf = (at: number) => `0x${at.toString(16).padStart(64, '0')}` as const;

let database: OpenDatabase;
beforeAll(async () => {
  database = await openDatabase({ memory: true });
});
afterAll(() => database.close());
beforeEach(() => database.db.delete(chainTransactions));

/** Our key has sent seven before; the chain knows transaction `n` as number `n` of our key, from 100 on as another account's. */
function keyOf() {
  const onShared = vi.fn();
  const reader = {
    getTransaction: async ({ hash }: { hash: string }) => {
      const nonce = Number(hash);
      return { from: nonce >= 100 ? OTHER : account.address, nonce };
    },
    getTransactionCount: async () => 7,
  };
  const chain = { chain: { id: CHAIN_ID }, account, reader } as unknown as OpenChain;
  const key = new OwnKey({ chain, db: database.db, logger: { error: () => {} }, onShared });
  return { key, onShared };
}

async function sent(nonce: number, hash: string, earlier: string[] = []): Promise<void> {
  await database.db.insert(chainTransactions).values({
    ...{ key: `test:${nonce}`, chainId: CHAIN_ID, subject: 'test', step: 'test', sender: account.address, nonce },
    ...{ hash, raw: '0x', state: 'mined', earlier: earlier.map((one) => ({ hash: one, raw: '0x' })) },
  });
}

test('what we, others and those before us have sent is nobody else’s', async () => {
  const { key, onShared } = keyOf();
  // A chain that went another way is read again from before this database.
  await key.look([hashOf(3), hashOf(6), hashOf(100)]);
  await sent(7, hashOf(7));
  await sent(8, hashOf(208), [hashOf(8)]);
  await key.look([hashOf(7), hashOf(8)]);
  expect(onShared).not.toHaveBeenCalled();
  expect(() => key.demand()).not.toThrow();
});

test('what our key has sent and we have not is said once, and nothing is sold from then on', async () => {
  const { key, onShared } = keyOf();
  await sent(7, hashOf(7));
  await key.look([hashOf(7), hashOf(9)]);
  await key.look([hashOf(10)]);
  expect(onShared).toHaveBeenCalledTimes(1);
  expect(() => key.demand()).toThrow(expect.objectContaining({ code: 'key-shared', data: { transaction: hashOf(9) } }));
});

test('of a server that has sent nothing yet, what comes after its start is a stranger’s', async () => {
  const { key, onShared } = keyOf();
  await key.look([]);
  await key.look([hashOf(7)]);
  expect(onShared).toHaveBeenCalledTimes(1);
});
