// A chain that is told block by block: what is noticed of one that goes another way, whenever it does.
import { type Hex, zeroAddress } from 'viem';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CHAINS } from '../../protocol/chains.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { ChainWatcher } from './chain-watcher.ts';
import type { OpenChain } from './open-chain.ts';
import { chainCursors } from './tables.ts';

const LOCAL = CHAINS.find(({ key }) => key === 'local')!;

let database: OpenDatabase;
beforeAll(async () => {
  database = await openDatabase({ memory: true });
});
beforeEach(async () => {
  await database.db.delete(chainCursors);
});
afterAll(() => database.close());

function open() {
  const chain = { head: 10n, branch: 'a', forkedAt: 99n };
  /** Done just before logs are read. */
  let meanwhile: (() => void) | undefined;
  const reader = {
    getBlockNumber: async () => chain.head,
    getBlock: async ({ blockNumber }: { blockNumber: bigint }) => ({
      hash: `0x${blockNumber > chain.forkedAt ? chain.branch : 'a'}${blockNumber}` as Hex,
    }),
    getLogs: async () => {
      meanwhile?.();
      meanwhile = undefined;
      return [];
    },
  };
  const reorganised: bigint[] = [];
  const read: bigint[] = [];
  const watcher = new ChainWatcher({
    ...{ db: database.db, logger: { warn: () => {} }, markets: [], onSent: async () => {}, onChanged: () => {} },
    chain: { chain: LOCAL, reader, contracts: { escrow: zeroAddress } } as unknown as OpenChain,
    onReorganised: async (from) => void reorganised.push(from),
    onRead: async (block) => void read.push(block),
  });
  const goAnotherWay = (forkedAt: bigint): void => void Object.assign(chain, { branch: 'b', forkedAt });
  return { chain, watcher, reorganised, read, goAnotherWay, beforeLogs: (act: () => void) => (meanwhile = act) };
}

test('block after block, and nothing else where it stays as it was', async () => {
  const { chain, watcher, reorganised, read } = open();
  await watcher.look();
  chain.head = 12n;
  await watcher.look();
  await watcher.look();
  expect([reorganised, read]).toEqual([[], [10n, 12n, 12n]]);
});

test('another block where the last one was, or none, is told at once and once more at the next look', async () => {
  for (const change of [{ head: 13n }, { head: 8n }]) {
    await database.db.delete(chainCursors);
    const { chain, watcher, reorganised, goAnotherWay } = open();
    await watcher.look();
    goAnotherWay(7n);
    Object.assign(chain, change);
    await watcher.look();
    expect(reorganised).toEqual([0n]);
    await watcher.look();
    await watcher.look();
    expect(reorganised).toEqual([0n, 0n]);
  }
});

test('one that goes another way while it is read is noticed all the same', async () => {
  const { chain, watcher, reorganised, read, goAnotherWay, beforeLogs } = open();
  await watcher.look();
  chain.head = 12n;
  beforeLogs(() => goAnotherWay(8n));
  await watcher.look();
  expect([reorganised, read], 'what was read is of neither').toEqual([[], [10n]]);
  await watcher.look();
  expect([reorganised, read]).toEqual([[0n], [10n, 12n]]);
});

test('where only blocks are others that were not read yet, they are read', async () => {
  const { chain, watcher, reorganised, read, goAnotherWay, beforeLogs } = open();
  await watcher.look();
  chain.head = 12n;
  beforeLogs(() => goAnotherWay(10n));
  await watcher.look();
  await watcher.look();
  expect([reorganised, read]).toEqual([[], [10n, 12n]]);
});
