// A chain that takes back the blocks of a paid session's steps, all transactions in them with it: the session comes to its end once more,
// and its money is where it belongs, to a millionth of a dollar.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { PaidSession } from './paid-session.ts';
import { TestMarket } from './test-market.ts';
import { TestNode } from './test-node.ts';
import { FUNDS, mostOf, PEER, TestWork } from './test-work.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const [OTHER, LATER] = [2, 3].map((at) => String(at).repeat(32) as PeerId) as [PeerId, PeerId];
/** A millionth of a dollar, in wei. */
const MICRO = 10n ** 12n;
/** Under load a chain of this machine takes its time. */
const SOON = { timeout: 30_000 };

let market: TestMarket;
let node: TestNode;
let work: TestWork;
beforeAll(async () => {
  if (!isThere || !process.env.ALL_KILLS) return;
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

const isState = (session: PaidSession, state: string) => expect.poll(() => session.chain.state, SOON).toBe(state);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Wei that everybody has who may get some of a session. */
async function read(peers: readonly PeerId[]) {
  const operators = await Promise.all(peers.map((peer) => market.receivedBy(market.payoutOf(peer))));
  return {
    operators,
    treasury: await market.receivedBy(market.local.treasury),
    fees: await market.usdcOf(market.local.feeTo),
  };
}

/** Who has had what since then; throws unless all of it together is what the payer has spent. */
async function sharesOf(
  { wallet, session }: Awaited<ReturnType<TestWork['pay']>>,
  before: Awaited<ReturnType<typeof read>>,
  peers: readonly PeerId[],
) {
  const after = await read(peers);
  const operators = after.operators.map((each, at) => each - before.operators[at]!);
  const treasury = after.treasury - before.treasury;
  const fees = after.fees - before.fees;
  const cost = FUNDS - (await market.usdcOf(wallet.address));
  const vault = await market.usdcOf(market.payments.reports.placeOf(session).vault);
  expect(vault, 'nothing is left at the vault').toBe(0n);
  expect(fees, 'the fee, once').toBe(session.quote.fee);
  const paid = operators.reduce((sum, each) => sum + each, treasury) + fees * MICRO;
  const gap = cost * MICRO - paid;
  expect(gap < 0n ? -gap : gap, `${cost} paid, ${paid} received`).toBeLessThanOrEqual(3n * MICRO);
  return { operators, treasury, cost };
}

describe.runIf(isThere && process.env.ALL_KILLS)('a chain takes back', () => {
  test('an opening: the very same transaction opens it again, once', { timeout: 120_000 }, async () => {
    const paid = await work.pay();
    const { session } = paid;
    const [before, block] = [await read([PEER]), await market.chain.reader.getBlockNumber()];
    const job = await work.begin(session);
    await isState(session, 'open');
    const hash = await work.hashOf(session, 'open');
    await node.takeBackTo(block);
    expect(await work.eventsOf(session.key)).not.toContain('Opened');
    await expect.poll(() => work.eventsOf(session.key), SOON).toContain('Opened');
    expect(await work.hashOf(session, 'open')).toBe(hash);
    await sleep(3_000);
    await work.settle(job, { [PEER]: 300_000_000 });
    await market.payments.end(session);
    await market.untilOver(session.key);
    const events = await work.eventsOf(session.key);
    expect(events.filter((name) => name === 'Opened')).toHaveLength(1);
    expect(events.at(-1)).toBe('Closed');
    const { operators, cost } = await sharesOf(paid, before, [PEER]);
    // Its receipts, or what streamed where that is more; seven tenths of it are the operator's.
    expect(cost).toBeGreaterThanOrEqual(300n + session.quote.fee);
    expect(cost).toBeLessThanOrEqual(300n + mostOf(session, 20n));
    expect(operators[0]).toBeGreaterThanOrEqual(210n * MICRO - MICRO);
  });

  test('an end: the same again, and the refund is there', { timeout: 120_000 }, async () => {
    const paid = await work.pay();
    const { session } = paid;
    const before = await read([PEER]);
    const job = await work.begin(session);
    await isState(session, 'open');
    await sleep(3_000);
    await work.settle(job, { [PEER]: 300_000_000 });
    const block = await market.chain.reader.getBlockNumber();
    await market.payments.end(session);
    await market.untilOver(session.key);
    const hash = await work.hashOf(session, 'close');
    const first = await market.payments.reports.endOf(session);
    expect(first).toBeDefined();
    await node.takeBackTo(block);
    expect(await work.eventsOf(session.key)).not.toContain('Closed');
    await expect.poll(async () => (await work.eventsOf(session.key)).at(-1), SOON).toBe('Closed');
    expect(await work.hashOf(session, 'close')).toBe(hash);
    await market.untilOver(session.key);
    const { operators, cost } = await sharesOf(paid, before, [PEER]);
    expect(operators[0]).toBeGreaterThanOrEqual(210n * MICRO - MICRO);
    expect(cost).toBeLessThanOrEqual(300n + mostOf(session, 20n));
    // The page is told what went back on this branch.
    const end = async () =>
      (await market.payments.reports.endOf((await market.payments.read(session.key))!))?.refundedWei;
    await expect.poll(end, SOON).toBe((session.amount - cost) * MICRO);
  });

  test('opening and end of one that is over: its receipts are worth more than its new seconds, and it is ended anew', {
    timeout: 180_000,
  }, async () => {
    const paid = await work.pay();
    const { session } = paid;
    const [before, block] = [await read([PEER]), await market.chain.reader.getBlockNumber()];
    const job = await work.begin(session);
    await isState(session, 'open');
    // Worth what five seconds may be worth at most, and settled as soon as that is allowed.
    const worthPico = Number((session.quote.maxRate * 5n) / 1_000_000n);
    await sleep(1_000);
    await work.settle(job, { [PEER]: worthPico });
    await market.payments.end(session);
    await market.untilOver(session.key);
    await node.takeBackTo(block);
    await expect.poll(async () => (await market.payments.read(session.key))?.state, SOON).toBe('live');
    await market.untilOver(session.key, 90_000);
    const closes = (await market.payments.logOf(session)).filter(({ step }) => step === 'close');
    expect(closes.map(({ state }) => state)).toEqual(['reverted', 'mined']);
    const events = await work.eventsOf(session.key);
    expect(events.filter((name) => name === 'Opened' || name === 'Closed')).toEqual(['Opened', 'Closed']);
    const { operators } = await sharesOf(paid, before, [PEER]);
    const due = (BigInt(worthPico) * 1_000_000n * 7n) / 10n;
    const gap = operators[0]! - due;
    expect(gap, `${operators[0]} of ${due}`).toBeGreaterThanOrEqual(-2n * MICRO);
    expect(gap).toBeLessThanOrEqual(20n * session.quote.rate);
  });

  test('an opening, and seats that moved after it: each has what its receipts say', { timeout: 180_000 }, async () => {
    const peers = [PEER, OTHER, LATER];
    const paid = await work.pay();
    const { session } = paid;
    const [before, block] = [await read(peers), await market.chain.reader.getBlockNumber()];
    const job: JobId = await work.begin(session, [PEER, OTHER]);
    market.running.set(job, 200_000_000);
    await isState(session, 'open');
    await sleep(3_000);
    await work.move(job, [PEER, LATER]);
    const had = async (peer: PeerId) => market.receivedBy(market.payoutOf(peer));
    const start = before.operators[2]!;
    await expect.poll(async () => (await had(LATER)) > start, SOON).toBe(true);
    await node.takeBackTo(block);
    await expect.poll(async () => (await had(LATER)) > start, SOON).toBe(true);
    await work.settle(job, { [PEER]: 120_000_000, [OTHER]: 90_000_000, [LATER]: 60_000_000 });
    market.running.delete(job);
    await market.payments.end(session);
    await market.untilOver(session.key, 90_000);
    const { operators } = await sharesOf(paid, before, peers);
    for (const [at, worth] of [120n, 90n, 60n].entries()) {
      const gap = operators[at]! - (worth * MICRO * 7n) / 10n;
      expect(gap < 0n ? -gap : gap, `${peers[at]}: ${operators[at]}`).toBeLessThanOrEqual(3n * MICRO);
    }
  });
});
