// The desk with a real ledger, real signatures and a pool without sockets: every way that a job can go, and that nothing
// stays held after any of them.

import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { type Grant, openGrant } from '../../protocol/grant.ts';
import type { Identity } from '../../protocol/identity.ts';
import { type JobId, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import type { JobRequest, JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { loadServerKey, type ServerKey } from '../accounts/server-key.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { type AccountId, accountOwner, type OwnerId, peerOwner } from '../ledger/owner.ts';
import { createReceiptStore } from '../settlement/receipt-store.ts';
import { JobDesk } from './job-desk.ts';
import { createJobStore } from './job-store.ts';
import type { JobUpdate } from './job-types.ts';
import { honestReceipts, MODEL, TestNetwork } from './test-network.ts';

const GRANTED = 1_000_000;
const PRICE = { promptMicros: 4, completionMicros: 40 };
const PLAN: RoutePlan = {
  mode: 'lan',
  driver: 'entry',
  local: false,
  drafter: 'none',
  stages: 2,
  reason: 'A test says so.',
  predicted: { tokensPerSecond: 10, timeToFirstTokenMs: 100 },
  rejected: [],
};
const REQUEST: JobRequest = {
  prompt: { kind: 'ids', ids: [1, 2, 3, 4, 5] },
  seed: 1,
  maxTokens: 8,
  stop: [],
  choices: 1,
  drafter: 'none',
};
const STATS: JobStats = {
  ...{ epoch: 1, route: [], returnHopMs: 1, lapMs: 5, draftMs: 0, laps: 3, drafted: 0, accepted: 0, drafter: 'none' },
  ...{ tokensPerSecond: 20, timeToFirstTokenMs: 30, totalMs: 100 },
};

let database: OpenDatabase;
let key: ServerKey;
let ledger: Ledger;
let network: TestNetwork;
let desk: JobDesk;
let payer: OwnerId;
let payers = 0;

beforeAll(async () => {
  database = await openDatabase({ memory: true });
  key = await loadServerKey(database.db);
  return () => database.close();
}, OPEN_TIMEOUT_MS);

beforeEach(async () => {
  network = await TestNetwork.of(4);
  network.ring = [0, 1];
  ledger = createLedger(database.db, { grantMicros: GRANTED, grantsPerAddressPerDay: 1000 });
  payer = accountOwner(`payer-${++payers}` as AccountId);
  await ledger.grantOnJoin(payer, 'test');
  desk = makeDesk();
});

afterEach(async () => {
  await desk.close();
  expect(await ledger.totals(), 'nothing stays held').toMatchObject({ heldMicros: 0, openHolds: 0 });
  const { availableMicros, heldMicros, issuedMicros } = await ledger.totals();
  expect(availableMicros + heldMicros, 'nothing is made or lost').toBe(issuedMicros);
});

function makeDesk(fields: { desertedMs?: number } = {}): JobDesk {
  const { db } = database;
  return new JobDesk({
    ledger,
    store: createJobStore(db),
    receipts: createReceiptStore(db),
    accounts: { ownerOf: async () => undefined, peersOf: async () => [] },
    sign: key.sign,
    logger: pino({ level: 'silent' }),
    limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
    poolOf: () => network.pool(),
    send: (peer, message) => network.send(peer, message),
    route: () => PLAN,
    priceOf: () => PRICE,
    receiptTimeoutMs: 200,
    ...fields,
  });
}

const submit = (request: Partial<JobRequest> = {}, signal?: AbortSignal) =>
  desk.submit({
    ...{ payer, pool: poolIdOf(MODEL), request: { ...REQUEST, ...request }, source: 'http', promptBytes: 5 },
    ...(signal ? { signal } : {}),
  });

async function all(updates: AsyncIterable<JobUpdate>): Promise<JobUpdate[]> {
  const list: JobUpdate[] = [];
  for await (const update of updates) list.push(update);
  return list;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error) => PoolError.from(error).code,
  );

/** What the job's driver was told, with the claims of its grant. */
async function started(): Promise<{ driver: Identity; job: JobId; grant: Grant; request: JobRequest }> {
  const { to, message } = await network.next('job-start');
  const expected = { publicKey: key.publicKey, driver: to, pool: network.coalition().pool };
  const driver = network.identities.find(({ peer }) => peer === to)!;
  return { driver, job: message.job, grant: await openGrant(message.grant, expected), request: message.request };
}

/** Answers receipt requests as honest stages: with what `honestReceipts` made. */
function answerReceipts(
  job: JobId,
  stages: Awaited<ReturnType<typeof honestReceipts>>['stages'],
  silent?: PeerId,
): void {
  void (async () => {
    for (let count = 0; count < network.ring.length; count++) {
      const { to, message } = await network.next('receipt-request');
      const signed = stages.get(to);
      if (to !== silent && signed) desk.receiptsCame(to, job, message.epoch, [signed]);
    }
  })().catch(() => {});
}

const delta = (job: JobId, ids: number[], text = 'x') => ({ type: 'delta', job, choice: 0, text, ids }) as const;

/** A whole job: three tokens after five of prompt, and everyone signs. */
async function runJob(silent?: PeerId) {
  const job = await submit();
  const updates = all(job.updates);
  const { driver, grant } = await started();
  desk.jobEvents(driver.peer, [{ type: 'started', job: job.id, promptTokens: 5 }, delta(job.id, [11, 12], 'ab')]);
  desk.jobEvents(driver.peer, [delta(job.id, [13], 'c'), { type: 'finished', job: job.id, choice: 0, reason: 'stop' }]);
  const signed = await honestReceipts(network, { job: job.id, nonce: grant.nonce, to: 8, frames: 4, driver });
  answerReceipts(job.id, signed.stages, silent);
  desk.jobEvents(driver.peer, [
    { type: 'done', job: job.id, cachedTokens: 0, stats: STATS, receipts: [signed.driver] },
  ]);
  return { job, updates: await updates };
}

describe('a job over HTTP', () => {
  it('is started at the entry with a grant, streams, and is paid to the stages by their receipts', async () => {
    const { job, updates } = await runJob();
    expect(updates.map(({ type }) => type)).toEqual(['routed', 'started', 'delta', 'delta', 'finished', 'done']);
    const done = updates.at(-1) as Extract<JobUpdate, { type: 'done' }>;
    expect(done.usage).toEqual({ promptTokens: 5, cachedTokens: 0, completionTokens: 3 });
    expect(done.receiptId).toBe(job.id);
    expect(done.chargedMicros).toBeGreaterThan(0);
    const [entry, exit] = [network.peer(0), network.peer(1)];
    const earned = await Promise.all([entry, exit].map((peer) => ledger.balanceOf(peerOwner(peer))));
    expect(earned[0]!.availableMicros + earned[1]!.availableMicros).toBe(done.chargedMicros);
    // Two layers each, the same positions.
    expect(earned[0]!.availableMicros).toBe(earned[1]!.availableMicros);
    expect((await ledger.balanceOf(payer)).availableMicros).toBe(GRANTED - done.chargedMicros);
    expect(await desk.find(job.id, payer)).toMatchObject({ state: 'done', plan: PLAN, outcome: STATS });
    expect(await desk.find(job.id, accountOwner('somebody-else' as AccountId))).toBeUndefined();
  });

  it('pays nobody for a stage that shows no receipt, and the payer keeps that part', async () => {
    const whole = await runJob();
    const part = await runJob(network.peer(1));
    const chargeOf = ({ updates }: typeof whole) => (updates.at(-1) as { chargedMicros: number }).chargedMicros;
    expect(chargeOf(part)).toBe(chargeOf(whole) / 2);
  });

  it('tells a driver no more than the hold pays for', async () => {
    const job = await submit({ choices: 2 });
    const { grant } = await started();
    expect(grant).toMatchObject({ job: job.id, sessions: 2, maxPosition: 13, driver: network.peer(0) });
    expect((await ledger.balanceOf(payer)).heldMicros).toBe(2 * (5 * PRICE.promptMicros + 8 * PRICE.completionMicros));
  });

  it('goes on at the next entry when its driver disappears; what was told is not told again', async () => {
    const job = await submit();
    const updates = all(job.updates);
    const first = await started();
    desk.jobEvents(first.driver.peer, [{ type: 'started', job: job.id, promptTokens: 5 }, delta(job.id, [11], 'a')]);
    network.ring = [2, 3];
    network.epoch = 2;
    network.gone.add(first.driver.peer);
    desk.peerGone(first.driver.peer);
    const second = await started();
    expect(second.driver.peer).toBe(network.peer(2));
    expect(second.request.resume).toEqual([[11]]);
    desk.jobEvents(first.driver.peer, [delta(job.id, [99], 'late')]);
    desk.jobEvents(second.driver.peer, [
      { type: 'started', job: job.id, promptTokens: 5 },
      delta(job.id, [12], 'b'),
      { type: 'finished', job: job.id, choice: 0, reason: 'stop' },
      { type: 'done', job: job.id, cachedTokens: 0, stats: STATS, receipts: [] },
    ]);
    const told = await updates;
    expect(told.filter(({ type }) => type === 'delta').map((update) => (update as { text: string }).text)).toEqual([
      'a',
      'b',
    ]);
    expect(told.filter(({ type }) => type === 'started')).toHaveLength(1);
  });

  it('is tried again when its driver says that a stage disappeared, and reported at once when one failed', async () => {
    const job = await submit();
    const updates = all(job.updates);
    const fail = async (code: string) => {
      const { driver } = await started();
      const error = { code, message: 'So it is.' };
      desk.jobEvents(driver.peer, [{ type: 'failed', job: job.id, error, receipts: [] }]);
    };
    await fail('stage-left');
    await fail('stage-failed');
    expect(await codeOf(updates)).toBe('stage-failed');
    expect(await desk.find(job.id, payer)).toMatchObject({ state: 'failed', error: { code: 'stage-failed' } });
  });

  it('gives up after some drivers', async () => {
    const job = await submit();
    const updates = codeOf(all(job.updates));
    for (let attempt = 0; attempt < 5; attempt++) {
      const { driver } = await started();
      const error = { code: 'link-failed', message: 'No way.' };
      desk.jobEvents(driver.peer, [{ type: 'failed', job: job.id, error, receipts: [] }]);
    }
    expect(await updates).toBe('link-failed');
  });

  it('is refused when it costs more than there is', async () => {
    expect(await codeOf(submit({ maxTokens: 100_000, choices: 8 }))).toBe('none');
    network.manifest.maxContext = 100_000;
    expect(await codeOf(submit({ maxTokens: 100_000, choices: 8 }))).toBe('insufficient-credits');
  });

  it('is refused where nobody is, and while the server ends', async () => {
    network.ring = [];
    expect(await codeOf(submit())).toBe('no-stages');
    network.ring = [0];
    await desk.close();
    expect(await codeOf(submit())).toBe('shutting-down');
  });

  it('ends when a driver says more than it was asked for; words of others are not heard', async () => {
    const job = await submit();
    const updates = codeOf(all(job.updates));
    const { driver } = await started();
    desk.jobEvents(network.peer(1), [delta(job.id, [1, 2, 3])]);
    desk.jobEvents(driver.peer, [delta(job.id, [1, 2, 3, 4, 5, 6, 7, 8, 9])]);
    expect(await updates).toBe('stage-failed');
  });

  it.each(['in the queue', 'at its driver'])('is cancelled %s', async (where) => {
    if (where === 'in the queue') network.isServing = false;
    const abort = new AbortController();
    const job = await submit({}, abort.signal);
    const updates = codeOf(all(job.updates));
    if (where === 'at its driver') {
      const { driver } = await started();
      abort.abort();
      const { message } = await network.next('job-cancel', driver.peer);
      desk.jobEvents(driver.peer, [{ type: 'done', job: message.job, cachedTokens: 0, stats: STATS, receipts: [] }]);
      expect(await updates).toBe('none');
    } else {
      abort.abort();
      expect(await updates).toBe('cancelled');
    }
  });
});

it('lets go what waits when nobody has been there for a while', async () => {
  desk = makeDesk({ desertedMs: 50 });
  const job = await submit();
  const updates = codeOf(all(job.updates));
  const { driver } = await started();
  network.ring = [];
  network.isServing = false;
  network.gone.add(driver.peer);
  desk.peerGone(driver.peer);
  expect(await updates).toBe('no-stages');
});

describe('the queue', () => {
  beforeEach(() => {
    // Room for one session beside the weights.
    network.memoryBytes = 0;
  });

  it('tells a place, and starts the next one when there is room', async () => {
    const first = await submit();
    const second = await submit();
    const updates = all(second.updates);
    const one = await started();
    await new Promise((resolve) => setTimeout(resolve, 150));
    desk.jobEvents(one.driver.peer, [{ type: 'done', job: first.id, cachedTokens: 0, stats: STATS, receipts: [] }]);
    const two = await started();
    expect(two.job).toBe(second.id);
    desk.jobEvents(two.driver.peer, [{ type: 'done', job: second.id, cachedTokens: 0, stats: STATS, receipts: [] }]);
    expect((await updates)[0]).toMatchObject({ type: 'queued', place: 1, waiting: 1 });
  });

  it('is bounded, per account and over all', async () => {
    for (let count = 0; count < 4; count++) await submit();
    expect(await codeOf(submit())).toBe('rate-limited');
  });
});

describe('a tab that drives its own answer', () => {
  const ask = (fields: object = {}) =>
    desk.ask(network.peer(3), { type: 'ask', ask: 7, pool: poolIdOf(MODEL), promptTokens: 5, maxTokens: 8, ...fields });

  beforeEach(async () => {
    await ledger.grantOnJoin(peerOwner(network.peer(3)), 'tab');
  });

  it('gets leave, says what it got, and hears what it was charged', async () => {
    await ask();
    const { message } = await network.next('ask-granted', network.peer(3));
    const grant = await openGrant(message.grant, {
      ...{ publicKey: key.publicKey, driver: network.peer(3), pool: network.coalition().pool },
    });
    expect(message).toMatchObject({ ask: 7, epoch: 1, plan: PLAN, heldMicros: 5 * 4 + 8 * 40 });
    const driver = network.identities[3]!;
    const signed = await honestReceipts(network, { job: message.job, nonce: grant.nonce, to: 8, frames: 4, driver });
    answerReceipts(message.job, signed.stages);
    desk.askDone(driver.peer, {
      ...{ type: 'ask-done', job: message.job, promptTokens: 5, cachedTokens: 0, completionTokens: 3 },
      ...{ stats: STATS, receipts: [signed.driver] },
    });
    const settled = await network.next('ask-settled', driver.peer);
    expect(settled.message.chargedMicros).toBeGreaterThan(0);
    expect((await ledger.balanceOf(peerOwner(driver.peer))).availableMicros).toBe(
      GRANTED - settled.message.chargedMicros,
    );
  });

  it('vanishes: the stages are paid for what they agree on', async () => {
    await ask();
    const { message } = await network.next('ask-granted', network.peer(3));
    const grant = await openGrant(message.grant, {
      ...{ publicKey: key.publicKey, driver: network.peer(3), pool: network.coalition().pool },
    });
    const driver = network.identities[3]!;
    const signed = await honestReceipts(network, { job: message.job, nonce: grant.nonce, to: 8, frames: 4, driver });
    answerReceipts(message.job, signed.stages);
    answerReceipts(message.job, signed.stages);
    desk.peerGone(driver.peer);
    await desk.close();
    expect((await ledger.balanceOf(peerOwner(network.peer(0)))).availableMicros).toBeGreaterThan(0);
  });

  it('leaves no job behind when it vanished before its leave came', async () => {
    const peer = network.peer(3);
    const asking = ask();
    desk.peerGone(peer);
    network.gone.add(peer);
    await asking;
    await expect.poll(() => desk.load()).toEqual({ running: 0, waiting: 0 });
    await expect.poll(async () => (await ledger.totals()).openHolds).toBe(0);
  });

  it('is refused with a reason, and may give up while it waits', async () => {
    network.isServing = false;
    await ask();
    desk.askCancelled(network.peer(3), 7);
    const refused = await network.next('ask-refused', network.peer(3));
    expect(refused.message.error.code).toBe('cancelled');
    network.ring = [];
    await ask();
    expect((await network.next('ask-refused', network.peer(3))).message.error.code).toBe('no-stages');
  });
});
