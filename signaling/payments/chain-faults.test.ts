// What a chain does to a paid session: it goes away, makes no block, forgets blocks, or takes another transaction; and what strangers and
// wrong clocks do to a payment. Each time the money is where it belongs in the end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWalletClient, type Hex, http, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { paidOwner } from '../ledger/owner.ts';
import { weiOfDollars, weiOfUsdc } from './amounts.ts';
import type { PaidSession } from './paid-session.ts';
import { MARKET_POOL, TestMarket } from './test-market.ts';
import { TestNode } from './test-node.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const FUNDS = 2_000_000n;
const PEER = '1'.repeat(32) as PeerId;
const TRANSFER_ABI = [
  {
    ...{ type: 'function', name: 'transferWithAuthorization', stateMutability: 'nonpayable', outputs: [] },
    inputs: [
      { name: 'from', type: 'address' },
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'validAfter', type: 'uint256' },
      { name: 'validBefore', type: 'uint256' },
      { name: 'nonce', type: 'bytes32' },
      { name: 'signature', type: 'bytes' },
    ],
  },
] as const;

let market: TestMarket;
let node: TestNode;
beforeAll(async () => {
  if (!isThere) return;
  market = await TestMarket.open({}, async (url) => {
    node = await TestNode.before(url);
    return node.url;
  });
});
afterAll(async () => {
  await market?.close();
  await node?.close();
});

let jobs = 0;
async function work(session: PaidSession, amountMicros = 1_000_000): Promise<JobId> {
  const job = (++jobs).toString(16).padStart(32, 'f') as JobId;
  const expiresAt = new Date(Date.now() + 3_600_000);
  await market.payments.funding.reserve({
    ...{ job, pool: MARKET_POOL, payer: paidOwner(session.key), amountMicros, expiresAt },
  });
  await market.payments.funding.began(job, { epoch: 1, seats: [{ peer: PEER, start: 0, end: 4 }] });
  return job;
}
const settle = (job: JobId, amountMicros = 1_000_000) =>
  market.payments.funding.settle({ job, payments: [{ peer: PEER, amountMicros }] });
const openStream = async (): Promise<{ wallet: PrivateKeyAccount; session: PaidSession; job: JobId }> => {
  const wallet = await market.newWallet(FUNDS);
  const { session } = await market.pay(wallet, { seconds: 200 }, 'stream');
  const job = await work(session);
  await expect.poll(() => session.chain.state).toBe('open');
  return { wallet, session, job };
};
const eventsOf = async (key: Hex): Promise<string[]> => {
  const logs = await market.chain.reader.getContractEvents({
    ...{ address: market.chain.contracts.escrow, abi: ESCROW_ABI, fromBlock: 0n, strict: true },
  });
  return logs.filter(({ args }) => 'key' in args && args.key === key).map(({ eventName }) => eventName);
};
const hashOf = async (session: PaidSession, step: string): Promise<string | undefined> =>
  (await market.payments.logOf(session)).findLast((row) => row.step === step)?.hash;
/** What a session that streams may cost at most: some seconds of its rate, its receipts and the fee. */
const mostOf = ({ quote }: PaidSession, seconds: bigint): bigint =>
  (quote.rate * seconds) / 10n ** 12n + 2n + quote.fee;

describe.runIf(isThere && process.env.ALL_KILLS)('with a chain', () => {
  test('the chain is away in the middle of a session: nothing is lost, and it ends once it is back', async () => {
    const { wallet, session, job } = await openStream();
    node.isAway = true;
    await settle(job);
    await market.payments.end(session);
    await market.payments.settled(session.key);
    expect(session.state).toBe('live');
    await expect(market.payments.reports.endOf(session)).resolves.toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    node.isAway = false;
    await market.untilOver(session.key);
    expect(await eventsOf(session.key)).toEqual(['Funded', 'Opened', 'PaidUp', 'Closed']);
    const cost = FUNDS - (await market.usdcOf(wallet.address));
    expect(cost).toBeLessThanOrEqual(mostOf(session, 30n));
    const end = await market.payments.reports.endOf(session);
    expect(end?.refundedWei).toBe(weiOfUsdc(session.amount - cost));
  });

  test('another transaction takes the nonce of an end: it is sent anew, and ends once', async () => {
    const { session, job } = await openStream();
    await settle(job);
    await node.standStill();
    await market.payments.end(session);
    await expect.poll(() => hashOf(session, 'close')).toBeDefined();
    const { wallet: hot, account, reader } = market.chain;
    const nonce = await reader.getTransactionCount({ address: account.address });
    const { maxFeePerGas } = await reader.estimateFeesPerGas();
    const fees = { maxFeePerGas: 10n * maxFeePerGas + 10n ** 10n, maxPriorityFeePerGas: 10n ** 10n };
    await expect.poll(() => hot.sendTransaction({ to: account.address, value: 0n, nonce, ...fees })).toBeDefined();
    await node.goOn();
    await market.untilOver(session.key, 120_000);
    const rows = (await market.payments.logOf(session)).filter(({ step }) => step === 'close');
    expect(rows.map(({ state }) => state)).toEqual(['replaced', 'mined']);
    expect((await eventsOf(session.key)).filter((name) => name === 'Closed')).toHaveLength(1);
    await node.rpc('evm_setAutomine', [true]);
  });

  test('no block for as long as anybody waits: the payment comes later, and all of it goes back', async () => {
    const wallet = await market.newWallet(FUNDS);
    const offer = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const payload = await market.sign(wallet, offer);
    await node.standStill();
    const key = market.payments.take(payload, 'mine').catch((thrown) => thrown);
    expect(await key).toMatchObject({ code: 'chain-unreachable' });
    await expect(market.payments.take(payload, 'mine'), 'nobody knows yet').rejects.toMatchObject({ code: 'conflict' });
    await node.goOn();
    await expect.poll(() => market.usdcOf(wallet.address)).toBe(FUNDS);
    await node.rpc('evm_setAutomine', [true]);
  });

  test('the same payment twice at once is one session', async () => {
    const wallet = await market.newWallet(FUNDS);
    const offer = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const payload = await market.sign(wallet, offer);
    const both = await Promise.allSettled([1, 2].map(() => market.payments.take(payload, 'mine')));
    const [taken] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - taken!.session.amount);
    expect(await eventsOf(taken!.session.key)).toEqual(['Funded']);
    await market.payments.end(taken!.session);
    await market.untilOver(taken!.session.key);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - taken!.session.quote.fee);
  });

  test('who sends the authorization to the token before the server has paid for the session of its owner', async () => {
    const wallet = await market.newWallet(FUNDS);
    const stranger = await market.newWallet(0n);
    await market.giveGas(stranger.address);
    const offer = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const payload = await market.sign(wallet, offer);
    await push(stranger, payload.payload as unknown as Pushed);
    expect(await market.usdcOf(wallet.address)).toBeLessThan(FUNDS);
    const { session } = await market.payments.take(payload);
    expect([session.state, session.payer]).toEqual(['live', wallet.address]);
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - session.quote.fee);
  });

  test('one that was sent so cannot be claimed with somebody else’s words', async () => {
    const wallet = await market.newWallet(FUNDS);
    const stranger = await market.newWallet(FUNDS);
    await market.giveGas(stranger.address);
    const offer = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const payload = await market.sign(wallet, offer);
    await push(stranger, payload.payload as unknown as Pushed);
    const forged = structuredClone(payload) as typeof payload & { payload: { signature: string } };
    forged.payload.signature = ((await market.sign(stranger, offer)).payload as { signature: string }).signature;
    await expect(market.payments.take(forged)).rejects.toMatchObject({ code: 'payment-rejected' });
    const { session } = await market.payments.take(payload);
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - session.quote.fee);
  });

  test('a payer whose clock is ten minutes off is told so, and nothing moves', async () => {
    const wallet = await market.newWallet(FUNDS);
    const offer = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const RealDate = Date.now;
    for (const minutes of [-10, 11]) {
      Date.now = () => RealDate() + minutes * 60_000;
      const payload = await market.sign(wallet, offer).finally(() => {
        Date.now = RealDate;
      });
      await expect(market.payments.take(payload), `${minutes} min`).rejects.toMatchObject({ code: 'payment-rejected' });
    }
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS);
  });
});

interface Pushed {
  authorization: Record<'from' | 'to' | 'value' | 'validAfter' | 'validBefore' | 'nonce', string>;
  signature: Hex;
}

/** Straight at the token, past the escrow. */
async function push(by: PrivateKeyAccount, { authorization, signature }: Pushed): Promise<void> {
  const client = createWalletClient({
    ...{ account: by, chain: anvil, transport: http(market.local.url), pollingInterval: 20 },
  });
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  const times = [BigInt(value), BigInt(validAfter), BigInt(validBefore)] as const;
  const hash = await client.writeContract({
    ...{ address: market.chain.contracts.usdc, abi: TRANSFER_ABI, functionName: 'transferWithAuthorization' },
    args: [from as Hex, to as Hex, ...times, nonce as Hex, signature],
  });
  await client.extend(publicActions).waitForTransactionReceipt({ hash });
}
