// What a chain does to a paid session: it goes away, makes no block, or takes another transaction; and what strangers and
// wrong clocks do to a payment. Each time the money is where it belongs in the end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWalletClient, type Hex, http, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { weiOfDollars, weiOfUsdc } from './amounts.ts';
import type { PaidSession } from './paid-session.ts';
import { MARKET_POOL, TestMarket } from './test-market.ts';
import { TestNode } from './test-node.ts';
import { FUNDS, mostOf, PEER, TestWork } from './test-work.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
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
let work: TestWork;
beforeAll(async () => {
  if (!isThere) return;
  market = await TestMarket.open({}, async (url) => {
    node = await TestNode.before(url);
    return node.url;
  });
  work = new TestWork(market);
});
afterAll(async () => {
  await market?.close();
  await node?.close();
});

const settle = (job: JobId) => work.settle(job, { [PEER]: 1_000_000 });
const openStream = async (): Promise<{ wallet: PrivateKeyAccount; session: PaidSession; job: JobId }> => {
  const { wallet, session } = await work.pay();
  const job = await work.begin(session);
  await expect.poll(() => session.chain.state, { timeout: 15_000 }).toBe('open');
  return { wallet, session, job };
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const eventsOf = (key: Hex) => work.eventsOf(key);
const hashOf = (session: PaidSession, step: string) => work.hashOf(session, step);

describe.runIf(isThere && process.env.ALL_KILLS)('with a chain', () => {
  test('the chain is away in the middle of a session: nothing is lost, and it ends once it is back', async () => {
    const { wallet, session, job } = await openStream();
    node.isAway = true;
    await settle(job);
    await market.payments.end(session);
    await market.payments.settled(session.key);
    expect(session.state).toBe('live');
    await expect(market.payments.reports.endOf(session)).resolves.toBeUndefined();
    await sleep(3_000);
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
    const rows = await market.payments.logOf(session);
    // Its end, or the rest of its stream just before that.
    expect(rows.find((row) => row.nonce === nonce)?.state).toBe('replaced');
    expect(rows.findLast(({ step }) => step === 'close')?.state).toBe('mined');
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

  test('no block for a minute while a session ends: it ends then, once, and what is left is back', {
    timeout: 180_000,
  }, async () => {
    const { wallet, session, job } = await openStream();
    await node.standStill();
    await settle(job);
    await market.payments.end(session);
    await sleep(60_000);
    expect(session.state).toBe('live');
    await node.goOn();
    await market.untilOver(session.key, 90_000);
    const events = (await eventsOf(session.key)).filter((name) => name !== 'RateSet');
    expect(events).toEqual(['Funded', 'Opened', 'PaidUp', 'Closed']);
    // What streamed in that minute is streamed: nobody could stop it.
    expect(FUNDS - (await market.usdcOf(wallet.address))).toBeLessThanOrEqual(mostOf(session, 90n));
    await node.rpc('evm_setAutomine', [true]);
  });

  test('a stage that does nothing is streamed for some seconds and no longer', { timeout: 120_000 }, async () => {
    const { wallet, session, job } = await openStream();
    await expect.poll(() => session.chain.rateWei, { timeout: 30_000 }).toBe(0n);
    await sleep(20_000);
    expect(session.chain.rateWei, 'it rests for as long as nothing is done').toBe(0n);
    await settle(job);
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(await eventsOf(session.key)).toEqual(['Funded', 'Opened', 'RateSet', 'PaidUp', 'Closed']);
    expect(FUNDS - (await market.usdcOf(wallet.address))).toBeLessThanOrEqual(mostOf(session, 18n));
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
