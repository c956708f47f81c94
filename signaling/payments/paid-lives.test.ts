// Lives of paid sessions on a real chain, without HTTP: what a payer does past the server, a chain that went another way, and both ways
// of paying compared.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWalletClient, type Hex, http, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESCROW_ABI, MARKET_POOL_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { ChainSender } from '../chain/chain-sender.ts';
import { openDatabase } from '../db/open-database.ts';
import { type AccountId, accountOwner, paidOwner } from '../ledger/owner.ts';
import { forgetOtherChain } from './forget-other-chain.ts';
import { MarketSeats } from './market-seats.ts';
import type { PaidSession } from './paid-session.ts';
import { MARKET_POOL, TestMarket } from './test-market.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const [ENTRY, EXIT, LATER] = [1, 2, 3].map((at) => String(at).repeat(32) as PeerId) as [PeerId, PeerId, PeerId];
/** A millionth of a dollar. */
const MICRO = 10n ** 12n;

let market: TestMarket;
beforeAll(async () => {
  // 2e12 wei a second: receipts of a second are worth far more.
  if (isThere)
    market = await TestMarket.open({ price: { promptMicros: 500, completionMicros: 2_222 }, tokensPerSecond: 1_000 });
});
afterAll(() => market?.close());

async function reserve(session: PaidSession, amountPico: number): Promise<JobId> {
  const job = hex(16) as JobId;
  await market.payments.funding.reserve({
    ...{ job, pool: MARKET_POOL, payer: paidOwner(session.key), amountMicros: amountPico },
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  return job;
}
const seatsOf = (...peers: PeerId[]) => peers.map((peer, at) => ({ peer, start: 2 * at, end: 2 * at + 2 }));
const until = async (session: PaidSession, state: string): Promise<void> => {
  await expect.poll(() => session.chain.state).toBe(state);
};
const eventsOf = async (key: Hex): Promise<string[]> => {
  const logs = await market.chain.reader.getContractEvents({
    ...{ address: market.chain.contracts.escrow, abi: ESCROW_ABI, fromBlock: 0n, strict: true },
  });
  return logs.filter(({ args }) => 'key' in args && args.key === key).map(({ eventName }) => eventName);
};

/** The other server with this key was ended. */
async function beginAnew(): Promise<void> {
  await market.payments.close();
  await market.start();
}

describe.runIf(isThere)('with a chain', () => {
  test('a stream and one payment at the end give each operator the same for the same receipts', async () => {
    const got: bigint[][] = [];
    for (const mode of ['ticks', 'stream'] as const) {
      const before = await Promise.all([ENTRY, EXIT].map((peer) => market.receivedBy(market.payoutOf(peer))));
      const wallet = await market.newWallet(1_000_000n);
      const { session } = await market.pay(wallet, { answerPico: 500_000_000 }, mode);
      const job = await reserve(session, 300_000_000);
      await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
      if (mode === 'stream') await until(session, 'open');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await market.payments.funding.settle({
        ...{
          job,
          payments: [
            { peer: ENTRY, amountMicros: 90_000_000 },
            { peer: EXIT, amountMicros: 90_000_000 },
          ],
        },
      });
      await market.payments.end(session);
      await market.untilOver(session.key);
      const after = await Promise.all([ENTRY, EXIT].map((peer) => market.receivedBy(market.payoutOf(peer))));
      got.push(after.map((amount, at) => amount - before[at]!));
    }
    const [ticks, stream] = got as [bigint[], bigint[]];
    for (const at of [0, 1]) {
      const gap = ticks[at]! - stream[at]!;
      expect(gap < 0n ? -gap : gap, `${ticks} and ${stream}`).toBeLessThanOrEqual(MICRO);
      expect(ticks[at]).toBeGreaterThan(0n);
    }
  });

  test('a successor is paid from then on, and who left for what it signed', async () => {
    const wallet = await market.newWallet(1_000_000n);
    const { session } = await market.pay(wallet, { answerPico: 900_000_000 }, 'stream');
    const job = await reserve(session, 800_000_000);
    const before = await market.receivedBy(market.payoutOf(LATER));
    await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
    await until(session, 'open');
    await market.payments.funding.moved(job, { epoch: 2, seats: seatsOf(ENTRY, LATER) });
    await expect.poll(async () => (await market.receivedBy(market.payoutOf(LATER))) > before).toBe(true);
    const payments = [ENTRY, EXIT, LATER].map((peer, at) => ({ peer, amountMicros: 100_000_000 * [2, 1, 1][at]! }));
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    await market.payments.funding.settle({ job, payments });
    await market.payments.end(session);
    await market.untilOver(session.key);
    const later = (await market.receivedBy(market.payoutOf(LATER))) - before;
    // Seven tenths of what its receipts are worth, but for what streamed by its units.
    const due = 70n * 10n ** 12n;
    expect(later).toBeGreaterThan(due - 5n * 2n * MICRO);
    expect(later).toBeLessThan(due + 5n * 2n * MICRO);
  });

  test('coalitions of one pool take turns: nobody is streamed what others are due', { timeout: 60_000 }, async () => {
    const before = await Promise.all([ENTRY, LATER].map((peer) => market.receivedBy(market.payoutOf(peer))));
    const pay = async () => market.pay(await market.newWallet(1_000_000n), { answerPico: 900_000_000 }, 'stream');
    const one = (await pay()).session;
    const other = (await pay()).session;
    const [jobOne, jobOther] = [await reserve(one, 800_000_000), await reserve(other, 800_000_000)];
    market.running.set(jobOne, 400_000_000);
    await market.payments.funding.began(jobOne, { epoch: 1, seats: seatsOf(ENTRY) });
    await market.payments.funding.began(jobOther, { epoch: 2, seats: seatsOf(LATER) });
    await until(one, 'open');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(other.chain.state).toBe('none');
    expect(await market.receivedBy(market.payoutOf(LATER))).toBe(before[1]);
    // The first one's answer ends: now the other one's operator has the seats.
    await market.payments.funding.settle({ job: jobOne, payments: [{ peer: ENTRY, amountMicros: 400_000_000 }] });
    await until(other, 'open');
    await expect.poll(async () => (await market.receivedBy(market.payoutOf(LATER))) > before[1]!).toBe(true);
    await market.payments.funding.settle({ job: jobOther, payments: [{ peer: LATER, amountMicros: 100_000_000 }] });
    for (const session of [one, other]) {
      await market.payments.end(session);
      await market.untilOver(session.key, 30_000);
    }
    const after = await Promise.all([ENTRY, LATER].map((peer) => market.receivedBy(market.payoutOf(peer))));
    // Seven tenths of the receipts, but for some seconds of a stream of 2e12 wei.
    const dues = [280n * MICRO, 70n * MICRO];
    for (const [at, due] of dues.entries()) {
      const gap = after[at]! - before[at]! - due;
      expect(gap < 0n ? -gap : gap, `${after[at]! - before[at]!} of ${due}`).toBeLessThan(2n * 7n * MICRO);
    }
  });

  test('a session is charged at what it was sold at', async () => {
    const { session } = await market.pay(await market.newWallet(1_000_000n), { answerPico: 900_000_000 }, 'ticks');
    const payer = paidOwner(session.key);
    expect(market.payments.priceFor(payer)).toEqual({ promptMicros: 500, completionMicros: 2_222 });
    expect(market.payments.priceFor(accountOwner('anna' as AccountId))).toBeUndefined();
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(market.payments.priceFor(payer)).toBeUndefined();
  });

  test('a payer who stops it on the chain itself is heard: answers end, and what was done is paid', async () => {
    const wallet = await market.newWallet(1_000_000n);
    await market.giveGas(wallet.address);
    const { session } = await market.pay(wallet, { answerPico: 500_000_000 }, 'stream');
    const job = await reserve(session, 100_000_000);
    await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
    await until(session, 'open');
    await closeAs(wallet, session);
    await expect.poll(() => market.stopped.includes(job)).toBe(true);
    await market.untilOver(session.key);
    expect(await eventsOf(session.key)).toEqual(['Funded', 'Opened', 'Stopped', 'PaidUp', 'Closed']);
  });

  test('a job that a server before had let in holds nothing up', async () => {
    const wallet = await market.newWallet(1_000_000n);
    const { session } = await market.pay(wallet, { answerPico: 500_000_000 }, 'ticks');
    await reserve(session, 100_000_000);
    await market.payments.close();
    await market.start();
    await expect.poll(async () => (await market.payments.read(session.key))?.jobs.size).toBe(0);
    await market.payments.end((await market.payments.read(session.key))!);
    await market.untilOver(session.key);
    expect(await market.usdcOf(wallet.address)).toBe(1_000_000n);
  });

  test('a session that is being paid out takes no more questions', async () => {
    const wallet = await market.newWallet(1_000_000n);
    const { session } = await market.pay(wallet, { answerPico: 500_000_000 }, 'ticks', 'answer');
    const job = await reserve(session, 100_000_000);
    await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
    await market.payments.funding.settle({ job, payments: [{ peer: ENTRY, amountMicros: 10_000_000 }] });
    await expect.poll(() => session.endAskedAt).toBeDefined();
    await expect(reserve(session, 1_000)).rejects.toMatchObject({ code: 'deposit-spent' });
    await market.untilOver(session.key);
  });

  test('a session that the database has lost is found on the chain, and ended', async () => {
    const wallet = await market.newWallet(1_000_000n);
    const { session } = await market.pay(wallet, { answerPico: 500_000_000 }, 'stream');
    const job = await reserve(session, 100_000_000);
    await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
    await until(session, 'open');
    const database = await openDatabase({ memory: true });
    const origin = () => forgetOtherChain(database.db, market.chain, { warn: () => {} });
    // A start that failed before its search looks again at the next one.
    for (const start of [1, 2]) expect(await origin(), `start ${start}`).toBeDefined();
    // Without a word that it is lost it may be another server's.
    await expect(market.openOver(database.db, true, false)).rejects.toThrow(
      /1 paid sessions .*another server.*--take-over/,
    );
    const anew = await market.openOver(database.db, true);
    anew.start();
    await expect.poll(() => eventsOf(session.key)).toContain('Closed');
    expect((await anew.read(session.key))?.outcome).toContain('found on the chain');
    await anew.close();
    await database.close();
    await market.untilOver(session.key);
    await beginAnew();
  });

  test('of two servers with one key the first sells nothing more, and nothing streams to whom the other has seated', async () => {
    const wallet = await market.newWallet(1_000_000n);
    const { session } = await market.pay(wallet, { answerPico: 900_000_000 }, 'stream');
    const before = await market.receivedBy(market.payoutOf(ENTRY));
    const job = await reserve(session, 800_000_000);
    market.running.set(job, 700_000_000);
    await market.payments.funding.began(job, { epoch: 1, seats: seatsOf(ENTRY, EXIT) });
    await until(session, 'open');
    const database = await openDatabase({ memory: true });
    const sender = new ChainSender(market.chain, database.db);
    const { contract, chain } = market;
    const others = new MarketSeats({ db: database.db, chain, sender, contract });
    await others.inTurn(() => others.setTo(new Map([[market.payoutOf(LATER), 7_000]])));
    await expect.poll(() => session.chain.rateWei).toBe(0n);
    const offer = market.payments.offer(MARKET_POOL, 'answer', { answerPico: 1_000_000 });
    await expect(offer).rejects.toMatchObject({ code: 'key-shared', data: { transaction: expect.any(String) } });
    market.running.delete(job);
    await market.payments.funding.settle({ job, payments: [{ peer: ENTRY, amountMicros: 300_000_000 }] });
    await market.payments.end(session);
    await market.untilOver(session.key);
    // But for the seconds until it was noticed, at 2e12 wei each.
    const had = (await market.receivedBy(market.payoutOf(ENTRY))) - before;
    expect(had).toBeGreaterThan((210n - 10n * 2n) * MICRO);
    expect(had).toBeLessThanOrEqual(210n * MICRO);
    sender.close();
    await database.close();
    await beginAnew();
  });

  test('a transaction of which the chain has lost its block goes out again, the very same', async () => {
    const database = await openDatabase({ memory: true });
    const sender = new ChainSender(market.chain, database.db);
    const snapshot = await market.rpc('evm_snapshot');
    const call = {
      ...{ key: 'test:reorg:0', subject: 'test', step: 'seats', to: market.contract },
      ...{ abi: MARKET_POOL_ABI, functionName: 'setSeats', args: [[], []] },
    };
    const mined = await sender.send(call);
    expect(await sender.send(call)).toEqual(mined);
    await market.rpc('evm_revert', [snapshot]);
    await expect(market.chain.reader.getTransactionReceipt({ hash: mined.hash })).rejects.toThrow();
    await sender.recheck(0n);
    const again = await sender.send(call);
    expect(again.hash).toBe(mined.hash);
    expect((await market.chain.reader.getTransactionReceipt({ hash: mined.hash })).status).toBe('success');
    await database.close();
  });

  test('what a contract refuses uses no nonce up, and is told apart from a chain that is away', async () => {
    const database = await openDatabase({ memory: true });
    const sender = new ChainSender(market.chain, database.db);
    const call = { key: 'test:refused:0', subject: 'test', step: 'seats', to: market.contract, abi: MARKET_POOL_ABI };
    const refused = sender.send({ ...call, functionName: 'setSeats', args: [[market.contract], []] });
    await expect(refused).rejects.toMatchObject({ name: 'ChainRefusal' });
    expect(await sender.listOf('test')).toEqual([]);
    await sender.send({ ...call, functionName: 'setSeats', args: [[], []] });
    expect(await sender.listOf('test')).toHaveLength(1);
    await database.close();
  });

  test('an account with credits pays for nothing here', async () => {
    const reservation = {
      ...{ job: hex(16) as JobId, pool: MARKET_POOL, payer: accountOwner('ann' as AccountId), amountMicros: 1 },
      expiresAt: new Date(Date.now() + 1_000),
    };
    await expect(market.payments.funding.reserve(reservation)).rejects.toMatchObject({ code: 'payment-required' });
  });
});

async function closeAs(wallet: PrivateKeyAccount, { quote }: PaidSession): Promise<void> {
  const client = createWalletClient({
    account: wallet,
    chain: anvil,
    transport: http(market.local.url),
    pollingInterval: 20,
  });
  const hash = await client.writeContract({
    ...{ address: market.chain.contracts.escrow, abi: ESCROW_ABI, functionName: 'close', args: [quote, 0n] },
    gas: 3_000_000n,
  });
  await client.extend(publicActions).waitForTransactionReceipt({ hash });
}
