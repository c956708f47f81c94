// More money for a session on a real chain: before it is opened and while it streams, twice the same, too late, and from a stranger.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWalletClient, http, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESCROW_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { paidOwner } from '../ledger/owner.ts';
import { weiOfDollars, weiOfUsdc } from './amounts.ts';
import { leftOf, type PaidSession } from './paid-session.ts';
import { MARKET_POOL, TestMarket } from './test-market.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const FUNDS = 3_000_000n;
const PEER = '1'.repeat(32) as PeerId;

let market: TestMarket;
beforeAll(async () => {
  if (isThere) market = await TestMarket.open({ price: { promptMicros: 5_000_000, completionMicros: 20_000_000 } });
});
afterAll(() => market?.close());

const payFor = async (mode: 'ticks' | 'stream') => {
  const wallet = await market.newWallet(FUNDS);
  const { session } = await market.pay(wallet, { seconds: 400 }, mode);
  return { wallet, session };
};
async function topUp(session: PaidSession, wallet: PrivateKeyAccount, dollars: number) {
  const payload = await market.sign(wallet, market.payments.topUps.offer(session, weiOfDollars(dollars)));
  return { payload, transaction: await market.payments.topUps.take(session, payload) };
}
const depositOf = async ({ key }: PaidSession): Promise<bigint> =>
  (
    await market.chain.reader.readContract({
      ...{ address: market.chain.contracts.escrow, abi: ESCROW_ABI, functionName: 'sessionOf', args: [key] },
    })
  ).deposit;
let jobs = 0;
async function work(session: PaidSession, amountMicros: number): Promise<JobId> {
  const job = (++jobs).toString(16).padStart(32, '0') as JobId;
  const expiresAt = new Date(Date.now() + 3_600_000);
  await market.payments.funding.reserve({
    ...{ job, pool: MARKET_POOL, payer: paidOwner(session.key), amountMicros, expiresAt },
  });
  await market.payments.funding.began(job, { epoch: 1, seats: [{ peer: PEER, start: 0, end: 4 }] });
  return job;
}

describe.runIf(isThere)('with a chain', () => {
  test('before it is opened, more money is more to spend; what is not earned goes back', async () => {
    const { wallet, session } = await payFor('ticks');
    const left = leftOf(session);
    const { transaction, payload } = await topUp(session, wallet, 0.5);
    expect(transaction).toMatch(/^0x/);
    expect(leftOf(session) - left).toBe(weiOfUsdc(500_000n));
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - session.amount);
    // The same payment again moves and counts nothing.
    expect(await market.payments.topUps.take(session, payload)).toBeUndefined();
    expect(leftOf(session) - left).toBe(weiOfUsdc(500_000n));

    // Worth more than the first deposit: all of it is paid.
    const worth = 900_000_000_000;
    expect(weiOfUsdc(session.amount - 500_000n)).toBeLessThan(BigInt(worth) * 10n ** 6n);
    const job = await work(session, worth);
    await market.payments.funding.settle({ job, payments: [{ peer: PEER, amountMicros: worth }] });
    await market.payments.end(session);
    await market.untilOver(session.key);
    const cost = FUNDS - (await market.usdcOf(wallet.address));
    expect(cost).toBe(900_000n + session.quote.fee);
    const end = await market.payments.reports.endOf(session);
    expect(end?.refundedWei).toBe(weiOfUsdc(session.amount - cost));
  });

  test('while it streams, the escrow takes it in: the stream is covered for longer', async () => {
    const { wallet, session } = await payFor('stream');
    const job = await work(session, 1_000_000);
    await expect.poll(() => session.chain.state).toBe('open');
    const [deposit, paidUntil, left] = [await depositOf(session), session.chain.paidUntil, leftOf(session)];
    await topUp(session, wallet, 0.4);
    expect((await depositOf(session)) - deposit).toBe(400_000n);
    expect(leftOf(session) - left).toBe(weiOfUsdc(400_000n));
    expect(session.chain.paidUntil).toBeGreaterThanOrEqual(paidUntil);
    const steps = (await market.payments.logOf(session)).map(({ step }) => step);
    expect(steps).toEqual(expect.arrayContaining(['fund', 'open', 'top-up', 'take in']));
    await market.payments.funding.settle({ job, payments: [{ peer: PEER, amountMicros: 1_000_000 }] });
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(await market.usdcOf(wallet.address)).toBeGreaterThan(FUNDS - 60_000n);
  });

  test('only who has paid tops it up, with a payment that is for that', async () => {
    const { wallet, session } = await payFor('ticks');
    const stranger = await market.newWallet(FUNDS);
    await expect(topUp(session, stranger, 0.1)).rejects.toMatchObject({ code: 'payment-rejected' });
    const other = await market.payments.offer(
      MARKET_POOL,
      'session',
      { dollarsWei: weiOfDollars(1) },
      { mode: 'ticks' },
    );
    const opening = await market.sign(wallet, other);
    await expect(market.payments.topUps.take(session, opening)).rejects.toMatchObject({ code: 'payment-rejected' });
    const more = await market.sign(wallet, market.payments.topUps.offer(session, weiOfDollars(0.1)));
    await expect(market.payments.take(more)).rejects.toMatchObject({ code: 'conflict' });
    expect(await market.usdcOf(stranger.address)).toBe(FUNDS);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS - session.amount);
    await market.payments.end(session);
    await market.untilOver(session.key);
  });

  test('one that has ended takes nothing, and what comes to its vault all the same goes back', async () => {
    const { wallet, session } = await payFor('ticks');
    await market.giveGas(wallet.address);
    const { vault } = market.payments.reports.placeOf(session);
    const job = await work(session, 1_000_000);
    await market.payments.funding.settle({ job, payments: [{ peer: PEER, amountMicros: 1_000_000 }] });
    const offer = market.payments.topUps.offer(session, weiOfDollars(0.1));
    await market.payments.end(session);
    const late = await market.sign(wallet, offer);
    await expect(market.payments.topUps.take(session, late)).rejects.toMatchObject({ code: 'deposit-spent' });
    await market.untilOver(session.key);
    expect(() => market.payments.topUps.offer(session, weiOfDollars(0.1))).toThrow(/has ended/);
    const before = await market.usdcOf(wallet.address);

    // A second one, whose vault is sent more while its end is on its way.
    const next = await payFor('ticks');
    await market.giveGas(next.wallet.address);
    await sendTo(next.wallet, market.payments.reports.placeOf(next.session).vault, 100_000n);
    await market.payments.end(next.session);
    await market.untilOver(next.session.key);
    expect(await market.usdcOf(next.wallet.address)).toBe(FUNDS - next.session.quote.fee);
    expect(await market.usdcOf(vault)).toBe(0n);
    expect(await market.usdcOf(wallet.address)).toBe(before);
  });

  test('a payment that arrives when its session is over already goes back', async () => {
    const { wallet, session } = await payFor('ticks');
    await market.giveGas(wallet.address);
    const { payload } = await topUp(session, wallet, 0.1);
    await market.payments.end(session);
    await market.untilOver(session.key);
    const before = await market.usdcOf(wallet.address);
    // As one that was on its way while the session ended.
    await sendTo(wallet, market.payments.reports.placeOf(session).vault, 100_000n);
    expect(await market.usdcOf(wallet.address)).toBe(before - 100_000n);
    await market.payments.topUps.take(session, payload);
    expect(await market.usdcOf(wallet.address)).toBe(before);
  });

  test('what is sent past an offer is no more to spend than receipts may be worth, and goes back', async () => {
    const { wallet, session } = await payFor('ticks');
    await market.giveGas(wallet.address);
    const most = session.quote.maxRate * BigInt(session.quote.maxSeconds);
    const beyond = most / 10n ** 12n + 5_000_000n;
    await market.mint(market.payments.reports.placeOf(session).vault, beyond);
    await topUp(session, wallet, 0.1);
    expect(session.spendWei).toBe(most);
    const job = await work(session, 1_000_000);
    await market.payments.funding.settle({ job, payments: [{ peer: PEER, amountMicros: 1_000_000 }] });
    await market.payments.end(session);
    await market.untilOver(session.key);
    expect(await market.usdcOf(wallet.address)).toBe(FUNDS + beyond - 1n - session.quote.fee);
  });

  test('there is a most, and a time by which it could be used', async () => {
    const { session } = await payFor('ticks');
    expect(() => market.payments.topUps.offer(session, weiOfDollars(1000))).toThrow(/takes .* USDC more/);
    const now = Date.now();
    const late = { ...session, quote: { ...session.quote, openBefore: Math.floor(now / 1000) + 60 } };
    expect(() => market.payments.topUps.offer(late, weiOfDollars(0.1))).toThrow(/nearly over/);
    await market.payments.end(session);
    await market.untilOver(session.key);
  });
});

async function sendTo(from: PrivateKeyAccount, to: `0x${string}`, units: bigint): Promise<void> {
  const client = createWalletClient({
    ...{ account: from, chain: anvil, transport: http(market.local.url), pollingInterval: 20 },
  });
  const hash = await client.writeContract({
    ...{ address: market.chain.contracts.usdc, abi: TOKEN_ABI, functionName: 'transfer', args: [to, units] },
  });
  await client.extend(publicActions).waitForTransactionReceipt({ hash });
}
