// One key's transactions on a real node whose blocks are made by hand.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { zeroAddress } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MARKET_POOL_ABI } from '../../protocol/abi.ts';
import { CHAINS } from '../../protocol/chains.ts';
import { type Anvil, startAnvil } from '../../tools/chain/start-anvil.ts';
import { TEST_MNEMONIC } from '../../tools/chain/test-mnemonic.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { ChainSender } from './chain-sender.ts';
import { type OpenChain, openChain } from './open-chain.ts';
import { chainTransactions } from './tables.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const LOCAL = CHAINS.find(({ key }) => key === 'local')!;

let node: Anvil;
let database: OpenDatabase;
beforeAll(async () => {
  if (!isThere) return;
  [node, database] = await Promise.all([startAnvil(), openDatabase({ memory: true })]);
});
beforeEach(async () => {
  if (!isThere) return;
  await database.db.delete(chainTransactions);
  await rpc('evm_setAutomine', [false]);
});
afterAll(() => Promise.all([node?.close(), database?.close()]));

const open = (receipt: Partial<(typeof LOCAL)['receipt']> = {}): OpenChain =>
  openChain({
    ...{ chain: { ...LOCAL, receipt: { ...LOCAL.receipt, ...receipt } }, rpcUrl: node.url },
    account: mnemonicToAccount(TEST_MNEMONIC),
    contracts: { usdc: zeroAddress, usdcx: zeroAddress, escrow: zeroAddress },
  });
/** Nobody is there who could refuse it. */
const callOf = (key: string) => ({
  ...{ key, subject: 'test', step: 'seats', to: '0x00000000000000000000000000000000000000aa' as const },
  ...{ abi: MARKET_POOL_ABI, functionName: 'setSeats', args: [[], []] },
});
async function rpc(method: string, params: unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()).result;
}
const gwei = (count: number): string => `0x${(BigInt(count) * 10n ** 9n).toString(16)}`;

describe.runIf(isThere)('with a node', () => {
  test('what offers too little for its gas is made dearer under its nonce, and counts once', async () => {
    const chain = open();
    const sender = new ChainSender(chain, database.db, { stuckMs: 300 });
    const { address } = chain.account;
    const nonce = await chain.reader.getTransactionCount({ address });
    const sent = sender.send(callOf('test:0'));
    await expect.poll(async () => (await sender.listOf('test')).length).toBe(1);
    const [first] = await sender.listOf('test');
    await rpc('anvil_setNextBlockBaseFeePerGas', [gwei(100)]);
    await rpc('evm_mine');
    await expect(chain.reader.getTransactionReceipt({ hash: first!.hash as `0x${string}` })).rejects.toThrow();
    // The next one waits for it.
    const next = sender.send(callOf('test:1'));
    await expect.poll(async () => (await sender.listOf('test'))[0]!.earlier.length).toBeGreaterThan(0);
    await rpc('evm_setAutomine', [true]);
    await rpc('evm_mine');
    const mined = await sent;
    await next;
    const [row, other] = await sender.listOf('test');
    expect([row!.state, row!.nonce, other!.nonce]).toEqual(['mined', nonce, nonce + 1]);
    expect(row!.hash).toBe(mined.hash);
    expect(row!.hash).not.toBe(first!.hash);
    expect(row!.earlier.map(({ hash }) => hash)).toContain(first!.hash);
    expect(await chain.reader.getTransactionCount({ address })).toBe(nonce + 2);
    expect(await sender.send(callOf('test:0'))).toEqual(mined);
  });

  test('where the cheaper one was mined all the same, that one counts', async () => {
    const chain = open({ withinMs: 100 });
    const sender = new ChainSender(chain, database.db, { stuckMs: 0 });
    await expect(sender.send(callOf('test:0'))).rejects.toMatchObject({ code: 'chain-unreachable' });
    const [first] = await sender.listOf('test');
    await rpc('evm_mine');
    // As a server that raised it and was killed before it said so.
    const dearer = { hash: `0x${'ab'.repeat(32)}`, earlier: [{ hash: first!.hash, raw: first!.raw }] };
    await database.db.update(chainTransactions).set(dearer);
    await sender.sayAgain();
    expect(await sender.listOf('test')).toMatchObject([{ state: 'mined', hash: first!.hash, raw: first!.raw }]);
  });

  test('the end of what nobody waits for any more is written down', async () => {
    const sender = new ChainSender(open({ withinMs: 100 }), database.db);
    await expect(sender.send(callOf('test:0'))).rejects.toMatchObject({ code: 'chain-unreachable' });
    expect(await sender.isUnknown('test')).toBe(true);
    await rpc('evm_mine');
    await sender.sayAgain();
    expect(await sender.isUnknown('test')).toBe(false);
  });

  test('what reverted in a block that is taken back goes out again: nothing after it counts without its nonce', async () => {
    const chain = open();
    const sender = new ChainSender(chain, database.db);
    const to = '0x00000000000000000000000000000000000000bb';
    const first = sender.send({ ...callOf('test:0'), to }).catch((thrown) => thrown);
    await expect.poll(async () => (await sender.listOf('test')).length).toBe(1);
    const second = sender.send(callOf('test:1'));
    await expect.poll(async () => (await sender.listOf('test')).length).toBe(2);
    const states = async () => (await sender.listOf('test')).map(({ state }) => state);
    await rpc('anvil_setCode', [to, '0x60006000fd']);
    const block = await chain.reader.getBlockNumber();
    await rpc('evm_mine');
    expect(await first).toMatchObject({ name: 'ChainRefusal' });
    await second;
    expect(await states()).toEqual(['reverted', 'mined']);
    await rpc('anvil_reorg', [1, []]);
    await rpc('anvil_setCode', [to, '0x']);
    await sender.recheck(block);
    expect(await states()).toEqual(['signed', 'signed']);
    await rpc('evm_mine');
    await expect.poll(states, { timeout: 10_000 }).toEqual(['mined', 'mined']);
  });

  test('an account without gas money is no word of a contract: the same is tried again later', async () => {
    const chain = open({ withinMs: 2_000 });
    const sender = new ChainSender(chain, database.db);
    const { address } = chain.account;
    const before = await chain.reader.getBalance({ address });
    await rpc('anvil_setBalance', [address, '0x10']);
    await expect(sender.send(callOf('test:0'))).rejects.toMatchObject({ code: 'chain-unreachable' });
    await rpc('anvil_setBalance', [address, `0x${before.toString(16)}`]);
    await rpc('evm_setAutomine', [true]);
    await sender.send(callOf('test:0'));
    expect(await sender.listOf('test')).toHaveLength(1);
  });

  test('what is urgent goes out where many wait', async () => {
    const sender = new ChainSender(open({ withinMs: 500 }), database.db);
    const many = Array.from({ length: 64 }, (_, at) => sender.send(callOf(`test:${at}`)).catch(() => undefined));
    await expect(sender.begin(callOf('test:more'))).rejects.toMatchObject({ code: 'chain-unreachable' });
    const { mined } = await sender.begin({ ...callOf('test:urgent'), isUrgent: true });
    await rpc('evm_setAutomine', [true]);
    await rpc('evm_mine');
    await mined.catch(() => undefined);
    await Promise.all(many);
    await sender.sayAgain();
    await sender.sayAgain();
    expect((await sender.listOf('test')).every(({ state }) => state === 'mined')).toBe(true);
  });
});
