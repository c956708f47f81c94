// What users' money could be lost by, on a real chain and without HTTP: payers who end at once, many sessions at once, servers that end or
// are killed between a payment and its being written down.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { type Address, createWalletClient, type Hex, http, parseAbi, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { vaultOfKey } from '../../protocol/quote.ts';
import { chainTransactions } from '../chain/tables.ts';
import { paidOwner } from '../ledger/owner.ts';
import { MarketSeats } from './market-seats.ts';
import type { PaidSession } from './paid-session.ts';
import { readEscrow } from './read-escrow.ts';
import { paidSessions } from './tables.ts';
import { MARKET_POOL, TestMarket } from './test-market.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const [ENTRY, LATER] = [1, 3].map((at) => String(at).repeat(32) as PeerId) as [PeerId, PeerId];
/** A millionth of a dollar. */
const MICRO = 10n ** 12n;
const FUNDS = 1_000_000n;

let market: TestMarket;
beforeAll(async () => {
  // 2e12 wei a second.
  if (isThere)
    market = await TestMarket.open({ price: { promptMicros: 500, completionMicros: 2_222 }, tokensPerSecond: 1_000 });
});
afterAll(() => market?.close());

const seatsOf = (...peers: PeerId[]) => peers.map((peer, at) => ({ peer, start: 2 * at, end: 2 * at + 2 }));
const pay = async (mode: 'ticks' | 'stream', kind: 'answer' | 'session' = 'session') => {
  const wallet = await market.newWallet(FUNDS);
  const { session } = await market.pay(wallet, { answerPico: 900_000_000 }, mode, kind);
  return { wallet, session };
};
async function work(session: PaidSession, epoch: number, ...peers: PeerId[]): Promise<JobId> {
  const job = hex(16) as JobId;
  await market.payments.funding.reserve({
    ...{ job, pool: MARKET_POOL, payer: paidOwner(session.key), amountMicros: 400_000_000 },
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  if (peers.length > 0) await market.payments.funding.began(job, { epoch, seats: seatsOf(...peers) });
  return job;
}
const earn = (job: JobId, ...earned: [PeerId, number][]) =>
  market.payments.funding.settle({ job, payments: earned.map(([peer, amountMicros]) => ({ peer, amountMicros })) });
const end = async (session: PaidSession): Promise<void> => {
  await market.payments.end(session);
  await market.untilOver(session.key);
};
const had = (peer: PeerId): Promise<bigint> => market.receivedBy(market.payoutOf(peer));
const until = async (session: PaidSession, state: string): Promise<void> => {
  await expect.poll(() => session.chain.state).toBe(state);
};
const stepsOf = async (session: PaidSession): Promise<string[]> =>
  (await market.payments.logOf(session)).map(({ step }) => step);
const near = (amount: bigint, expected: bigint, within: bigint): void => {
  const gap = amount - expected;
  expect(gap < 0n ? -gap : gap, `${amount} of ${expected}`).toBeLessThanOrEqual(within);
};
const vaultOf = ({ key }: PaidSession): Address =>
  vaultOfKey({ chainId: market.chain.chain.id, escrow: market.chain.contracts.escrow }, key);
const rateOf = async ({ key }: PaidSession): Promise<bigint> =>
  (
    await market.chain.reader.readContract({
      ...{ address: market.chain.contracts.escrow, abi: ESCROW_ABI, functionName: 'sessionOf', args: [key] },
    })
  ).rate;

describe.runIf(isThere)('with a chain', () => {
  test('what a stream locks is what Superfluid says, whatever the table of chains does', async () => {
    market.chain.chain.liquidationSeconds = 1;
    const { costs } = await readEscrow(market.chain);
    expect([costs.bufferSeconds, costs.leastBufferWei]).toEqual([600, 0n]);
  });

  test('answers of one pool are settled side by side, however long the chain takes to confirm', async () => {
    market.chain.chain.confirmations = 3;
    try {
      const wallets: PrivateKeyAccount[] = [];
      for (let count = 0; count < 6; count++) wallets.push(await market.newWallet(FUNDS));
      const sessions = await Promise.all(
        wallets.map((wallet) => market.pay(wallet, { answerPico: 900_000_000 }, 'ticks', 'answer')),
      );
      const jobs = await Promise.all(sessions.map(({ session }) => work(session, 1, ENTRY)));
      const before = await had(ENTRY);
      await Promise.all(jobs.map((job) => earn(job, [ENTRY, 10_000_000])));
      await Promise.all(sessions.map(({ session }) => market.untilOver(session.key)));
      near((await had(ENTRY)) - before, 6n * 7n * MICRO, 6n * MICRO);
      const keys = sessions.map(({ session }) => session.key);
      const logs = await market.chain.reader.getContractEvents({
        ...{
          address: market.chain.contracts.escrow,
          abi: ESCROW_ABI,
          eventName: 'Closed',
          fromBlock: 0n,
          strict: true,
        },
      });
      const blocks = logs.filter(({ args }) => keys.includes(args.key)).map(({ blockNumber }) => Number(blockNumber));
      expect(blocks).toHaveLength(6);
      // One after the other they would lie three blocks apart each.
      expect(Math.max(...blocks) - Math.min(...blocks)).toBeLessThan(15);
    } finally {
      market.chain.chain.confirmations = 0;
    }
  });

  test('a stream that is ahead of its work stops while others have the pool’s turn, whatever a stranger does to it', async () => {
    const { session, wallet } = await pay('stream');
    await market.giveGas(wallet.address);
    const job = await work(session, 1, ENTRY);
    market.running.set(job, 400_000_000);
    await until(session, 'open');
    const { inTurn } = MarketSeats.prototype;
    let giveTurns = (): void => {};
    const held = new Promise<void>((resolve) => {
      giveTurns = resolve;
    });
    const inTheirTurn = async function (this: MarketSeats, act: () => Promise<unknown>): Promise<unknown> {
      await held;
      return inTurn.call(this, act);
    };
    const turns = vi.spyOn(MarketSeats.prototype, 'inTurn').mockImplementation(inTheirTurn as never);
    try {
      // Somebody pays a millionth of a dollar in: the chain says something new of it, which waits for a turn to be heard.
      await market.mint(vaultOf(session), 1n);
      await callAs(wallet, 'topUp', [session.quote]);
      await expect.poll(() => turns.mock.calls.length).toBeGreaterThan(0);
      market.running.delete(job);
      await expect.poll(() => rateOf(session)).toBe(0n);
    } finally {
      turns.mockRestore();
      giveTurns();
    }
    await earn(job, [ENTRY, 1_000_000]);
    await end(session);
  });

  test('a payer who stops it on the chain at once pays for what was computed', async () => {
    const { wallet, session } = await pay('stream');
    await market.giveGas(wallet.address);
    const before = await had(ENTRY);
    const job = await work(session, 1, ENTRY);
    await until(session, 'open');
    // Far more than the rate allows by now.
    await earn(job, [ENTRY, 300_000_000]);
    await callAs(wallet, 'close', [session.quote, 0n]);
    await market.untilOver(session.key);
    near((await had(ENTRY)) - before, 210n * MICRO, MICRO);
  });

  test('a server that was killed between a payment past the pool and its book pays nobody twice', async () => {
    const { session } = await pay('stream');
    const before = await Promise.all([ENTRY, LATER].map(had));
    const first = await work(session, 1, LATER);
    await until(session, 'open');
    await earn(first, [LATER, 100_000_000]);
    const second = await work(session, 2, ENTRY);
    const [row] = await market.db.select().from(paidSessions).where(eq(paidSessions.key, session.key));
    await expect.poll(async () => (await stepsOf(session)).includes('tick')).toBe(true);
    await expect.poll(async () => (await had(LATER)) - before[1]!).toBeGreaterThan(60n * MICRO);
    await earn(second, [ENTRY, 200_000_000]);
    const [{ worthWei, targets }] = (await market.db
      .select()
      .from(paidSessions)
      .where(eq(paidSessions.key, session.key))) as [typeof paidSessions.$inferSelect];
    await market.payments.close();
    // As it was before the payment was booked.
    await market.db
      .update(paidSessions)
      .set({ ...row!, worthWei, targets, hadJobs: true })
      .where(eq(paidSessions.key, session.key));
    await market.start();
    await end((await market.payments.read(session.key))!);
    const after = await Promise.all([ENTRY, LATER].map(had));
    // But for some seconds of a stream of 2e12 wei.
    near(after[1]! - before[1]!, 70n * MICRO, 14n * MICRO);
    near(after[0]! - before[0]!, 140n * MICRO, 14n * MICRO);
  });

  test('a server that ends leaves no stream behind', async () => {
    const { session } = await pay('stream');
    const job = await work(session, 1, ENTRY);
    market.running.set(job, 400_000_000);
    await until(session, 'open');
    expect(await rateOf(session)).toBeGreaterThan(0n);
    await market.payments.close();
    await expect.poll(() => rateOf(session)).toBe(0n);
    await market.start();
    await end((await market.payments.read(session.key))!);
  });

  test('who pays and ends it without a question pays the fee; what the network failed goes back whole', async () => {
    const unused = await pay('ticks');
    await end(unused.session);
    expect(await stepsOf(unused.session)).toEqual(['fund', 'settle']);
    expect(await market.usdcOf(unused.wallet.address)).toBe(FUNDS - unused.session.quote.fee);
    const wanted = await pay('ticks');
    await market.payments.funding.release(await work(wanted.session, 1), false);
    await end(wanted.session);
    expect(await market.usdcOf(wanted.wallet.address)).toBe(FUNDS - wanted.session.quote.fee);
    const failed = await pay('ticks');
    await market.payments.funding.release(await work(failed.session, 1));
    await end(failed.session);
    expect(await stepsOf(failed.session)).toEqual(['fund', 'reclaim']);
    expect(await market.usdcOf(failed.wallet.address)).toBe(FUNDS);
  });

  test('nothing is sold that our own account could not end: a stream without gas money could not be stopped', async () => {
    const wallet = await market.newWallet(FUNDS);
    const { address } = market.chain.account;
    const before = await market.chain.reader.getBalance({ address });
    await market.rpc('anvil_setBalance', [address, '0x1000']);
    await expect(market.pay(wallet, { answerPico: 900_000_000 }, 'ticks')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await market.rpc('anvil_setBalance', [address, `0x${before.toString(16)}`]);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS);
  });

  test('the same payment again does not end the answer that is being given for it', async () => {
    const { session } = await pay('ticks', 'answer');
    const job = await work(session, 1, ENTRY);
    await market.payments.giveBack(session);
    expect([session.endAskedAt, market.stopped.includes(job)]).toEqual([undefined, false]);
    await earn(job, [ENTRY, 10_000_000]);
    await market.untilOver(session.key);
    expect(await stepsOf(session)).toEqual(['fund', 'settle']);
  });

  test('a payment that was said aloud, came to nothing and is sent later by somebody else goes back', async () => {
    const wallet = await market.newWallet(FUNDS);
    await market.giveGas(wallet.address);
    const accepted = await market.payments.offer(
      MARKET_POOL,
      'session',
      { answerPico: 900_000_000 },
      { mode: 'ticks' },
    );
    const payload = await market.sign(wallet, accepted);
    await market.rpc('evm_setAutomine', [false]);
    await market.rpc('evm_setIntervalMining', [0]);
    const taken = market.payments.take(payload);
    const refused = expect(taken).rejects.toMatchObject({ code: 'payment-rejected' });
    const { key } = await underWay();
    // The wallet is emptied in the same block, first.
    await sendAs(wallet, 'transfer', [market.local.treasury, FUNDS], 50n);
    await market.rpc('evm_mine');
    await market.rpc('evm_setIntervalMining', [1]);
    await refused;
    await market.mint(wallet.address, FUNDS);
    const { from, to, value, validAfter, validBefore, nonce } = payload.payload.authorization as Record<string, string>;
    const { signature } = payload.payload as { signature: Hex };
    const args = [from, to, BigInt(value!), BigInt(validAfter!), BigInt(validBefore!), nonce, signature];
    await sendAs(wallet, 'transferWithAuthorization', args);
    await expect.poll(() => market.usdcOf(to as Address)).toBe(BigInt(value!));
    await market.untilOver(key as Hex);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS);
  });
});

/** Whose payment is on its way. */
async function underWay(): Promise<{ key: string }> {
  const paying = () => market.db.select().from(paidSessions).where(eq(paidSessions.state, 'paying'));
  const signed = () => market.db.select().from(chainTransactions).where(eq(chainTransactions.state, 'signed'));
  await expect.poll(async () => [(await paying()).length, (await signed()).length]).toEqual([1, 1]);
  return (await paying())[0]!;
}

const clientOf = (account: PrivateKeyAccount) =>
  createWalletClient({ account, chain: anvil, transport: http(market.local.url), pollingInterval: 20 });

async function sendAs(account: PrivateKeyAccount, functionName: string, args: unknown[], tipGwei = 1n): Promise<void> {
  const abi = parseAbi([
    'function transfer(address to, uint256 value) returns (bool)',
    'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  ]);
  await clientOf(account).writeContract({
    ...{ address: market.chain.contracts.usdc, abi, functionName: functionName as 'transfer', args: args as never },
    ...{ gas: 300_000n, maxPriorityFeePerGas: tipGwei * 10n ** 9n, maxFeePerGas: 100n * 10n ** 9n },
  });
}

async function callAs(account: PrivateKeyAccount, functionName: 'close' | 'topUp', args: unknown[]): Promise<void> {
  const client = clientOf(account);
  const { escrow } = market.chain.contracts;
  const hash = await client.writeContract({
    ...{ address: escrow, abi: ESCROW_ABI, functionName: functionName as 'close', args: args as never },
    gas: 3_000_000n,
  });
  expect((await client.extend(publicActions).waitForTransactionReceipt({ hash })).status).toBe('success');
}
