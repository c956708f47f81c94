import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import { type JobId, type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import { type Receipt, signReceipt } from '../../protocol/receipt.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import type { TrialEnd } from '../roster/end-trial.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { CanaryRunner } from './canary-runner.ts';
import { KnownAnswers } from './known-answers.ts';

const MODEL = { repo: 'someone/model', revision: 'main', dtype: 'q4' } as const;
const POOL = poolIdOf(MODEL);
const SERVER = 'f'.repeat(32) as PeerId;
const RECEIPTS_MS = 1000;

type Start = Extract<ServerMessage, { type: 'job-start' }>;

/** Their timers must not outlive their tests. */
const runners: CanaryRunner[] = [];
afterEach(() => {
  for (const runner of runners.splice(0)) runner.close();
});

/** A coalition of two tabs with keys of their own, whose words a test chooses. */
async function scene({ ofSite = false, slow = 0, isUrgent = false, isServing = false } = {}) {
  const tabs = await Promise.all([0, 1].map(async () => identityOf(await newIdentityKeys())));
  const sent: [PeerId, ServerMessage][] = [];
  const verdicts: (TrialEnd & { epoch: number })[] = [];
  const known = new KnownAnswers(ofSite ? new Map([[POOL, { prompt: [1, 2], ids: [5, 6, 7, 8] }]]) : new Map());
  const runner = new CanaryRunner({
    known,
    sign: (text) => `signed ${text.length}`,
    serverId: SERVER,
    logger: pino({ level: 'silent' }),
    promptIds: async () => [11, 12, 13],
    send: (peer, message) => sent.push([peer, message]) > 0,
    ended: (_pool: PoolId, epoch, verdict) => void verdicts.push({ ...verdict, epoch }),
    receiptTimeoutMs: RECEIPTS_MS,
  });
  runners.push(runner);
  const seats = tabs.map(({ peer }, at) => ({
    ...{
      peer,
      start: 2 * at,
      end: 2 * at + 2,
      backend: 'wasm',
      device: 'x',
      totalBytes: 1,
      loadedBytes: 1,
      ready: true,
    },
  }));
  const coalition = { pool: POOL, model: MODEL, epoch: 4, state: isServing ? 'ready' : 'forming', seats } as Coalition;
  const capability = { backend: 'wasm', msPerLayer: slow, memoryBytes: 1, device: 'x' } as const;
  const pool: Pool = {
    ...{ ...emptyPool(POOL, 4), manifest: manifestOf({ maxContext: 100 }) },
    peers: tabs.map(({ peer }) => ({ peer, capability })),
    hasServed: isUrgent,
    coalitions: [
      ...(isUrgent
        ? [{ coalition: { ...coalition, epoch: 3, state: 'broken' as const }, progressAtMs: new Map() }]
        : []),
      { coalition, progressAtMs: new Map(), isTried: true },
    ],
  };
  await runner.begin(pool, coalition);
  const start = (): Start => sent.map(([, message]) => message).findLast(({ type }) => type === 'job-start') as Start;
  const [entry, exit] = tabs as [Identity, Identity];
  return { runner, known, sent, verdicts, pool, coalition, entry, exit, start, ...words(runner, start, entry, exit) };
}

/** What tabs say of the job that was started. */
function words(runner: CanaryRunner, start: () => Start, entry: Identity, exit: Identity) {
  const say = (event: object, peer = entry.peer): boolean =>
    runner.hear(peer, { job: start().job, choice: 0, ...event } as never);
  const top = (gap: number) => [
    { id: 5, token: '', logprob: 0 },
    { id: 6, token: '', logprob: -gap },
  ];
  return {
    say,
    /** All of it, each id this much likelier than the next. */
    answer(ids: number[], gaps: number[] = ids.map(() => 5)): void {
      say({ type: 'started', promptTokens: 3 });
      for (const [at, id] of ids.entries()) {
        say({ type: 'delta', text: '', ids: [id], logprobs: [{ id, token: '', logprob: 0, top: top(gaps[at]!) }] });
      }
      say({ type: 'finished', reason: 'length' });
      say({ type: 'done', stats: { route: [] } });
    },
    /** Receipts of both, whose chains fit. `nonce`: of another grant. */
    async sign(fields: Partial<Receipt> = {}): Promise<void> {
      const request = start();
      const nonce = fields.nonce ?? nonceIn(request.grant);
      for (const [at, tab] of [entry, exit].entries()) {
        const receipt: Receipt = {
          ...{ server: SERVER, job: request.job, nonce, session: 1 as never, pool: POOL, epoch: 4, peer: tab.peer },
          ...{ start: 2 * at, end: 2 * at + 2, frames: 4, from: 0, to: 90, lastFrom: 1, computeMs: 1 },
          ...{ chainIn: `${at}`.repeat(64), chainOut: `${at + 1}`.repeat(64), ...fields },
        };
        runner.receiptsCame(tab.peer, request.job, 4, [await signReceipt(tab, receipt)]);
      }
    },
  };
}

const nonceIn = (grant: string): string =>
  JSON.parse(Buffer.from(grant.split('.')[0]!, 'base64url').toString('utf8')).nonce;

/** The job that never was, whose receipts show who works. */
const lookOf = ({ sent }: { sent: [PeerId, ServerMessage][] }): JobId =>
  sent.map(([, message]) => message).find((message) => message.type === 'receipt-request')?.job as JobId;

/** The verdict, once receipts were waited for. */
async function verdictOf({ verdicts }: { verdicts: unknown[] }): Promise<unknown> {
  await vi.waitFor(() => expect(verdicts.length).toBeGreaterThan(0), { timeout: 5 * RECEIPTS_MS });
  return verdicts[0];
}

describe('C1: a canary lap', () => {
  test('is asked of the entry, over this epoch, with a grant for it alone', async () => {
    const { sent, start, entry } = await scene();
    expect(sent.map(([peer, { type }]) => [peer, type])).toEqual([[entry.peer, 'job-start']]);
    expect(start()).toMatchObject({
      epoch: 4,
      request: {
        prompt: { kind: 'ids', ids: [11, 12, 13] },
        temperature: 0,
        maxTokens: 4,
        drafter: 'none',
        codec: 'exact',
      },
    });
    const grant = JSON.parse(Buffer.from(start().grant.split('.')[0]!, 'base64url').toString('utf8'));
    expect(grant).toMatchObject({ pool: POOL, driver: entry.peer, sessions: 1, maxPosition: 7, own: [] });
  });

  test('shows who answers with receipts of all, and what it was as far as it is beyond doubt', async () => {
    const test = await scene();
    test.answer([5, 6, 7, 8], [5, 2, 0.5, 9]);
    await test.sign();
    expect(await verdictOf(test)).toEqual({ kind: 'shown', epoch: 4, lapMs: expect.any(Number) });
    expect(test.known.of(POOL)).toMatchObject({ prompt: [11, 12, 13], ids: [5, 6] });
    expect([...test.known.shown(POOL)]).toEqual([test.entry.peer, test.exit.peer]);
  });

  test.each([
    [5, 'shown'],
    [9, 'unshown'],
  ])('is one lap where answers stand still: %i is %s', async (id, kind) => {
    const test = await scene({ ofSite: true, isUrgent: true });
    expect(test.start().request).toMatchObject({ maxTokens: 1 });
    test.answer([id]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind, epoch: 4 });
  });

  test('an end before the first id is an answer too', async () => {
    const test = await scene();
    test.answer([]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind: 'shown' });
  });

  test('with other ids than the site’s own model gives, though all is signed: who is new has not shown itself', async () => {
    const test = await scene({ ofSite: true });
    expect(test.start().request.prompt).toEqual({ kind: 'ids', ids: [1, 2] });
    test.answer([5, 6, 7, 9]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind: 'unshown', peers: [test.entry.peer, test.exit.peer] });
  });

  test('an answer without receipts shows nothing, and neither do receipts of another grant', async () => {
    const [none, other] = [await scene({ ofSite: true }), await scene({ ofSite: true })];
    none.answer([5, 6, 7, 8]);
    expect(await verdictOf(none)).toMatchObject({ kind: 'unshown', peers: [none.entry.peer] });
    other.answer([5, 6, 7, 8]);
    await other.sign({ nonce: '0'.repeat(32) });
    expect(await verdictOf(other)).toMatchObject({ kind: 'unshown', peers: [other.entry.peer] });
  });

  test('that fails, or ends without an end, shows where it stopped', async () => {
    for (const last of [
      { type: 'failed', error: {} },
      { type: 'done', stats: { route: [] } },
    ]) {
      const test = await scene();
      test.say({ type: 'started', promptTokens: 3 });
      test.say(last);
      expect(await verdictOf(test)).toMatchObject({ kind: 'unshown', peers: [test.entry.peer] });
      expect(test.sent.map(([, { type }]) => type)).toContain('job-cancel');
    }
  });

  test('is asked again, with another job, where the entry is busy or still links; not where it fails', async () => {
    const test = await scene();
    const first = test.start();
    test.say({ type: 'failed', error: { code: 'sessions-full' } });
    await vi.waitFor(() => expect(test.start().job).not.toBe(first.job), { timeout: 5 * RECEIPTS_MS });
    expect(test.say({ type: 'done', job: first.job })).toBe(false);
    test.answer([5, 6, 7, 8]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind: 'shown' });
  });

  test('asks the next coalition what the first one was asked, whatever the model can read then', async () => {
    const test = await scene();
    test.known.learn(POOL, { prompt: [9, 9], ids: [5] }, [SERVER]);
    await test.runner.begin(test.pool, test.coalition);
    expect(test.start().request.prompt).toEqual({ kind: 'ids', ids: [9, 9] });
  });

  test('what others say of it, or after its end, is not heard; other jobs are somebody else’s', async () => {
    const test = await scene();
    expect(test.say({ type: 'done', stats: { route: [] } }, test.exit.peer)).toBe(true);
    expect(test.say({ type: 'done', job: '0'.repeat(32) })).toBe(false);
    test.answer([5, 6, 7, 8, 9, 9]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind: 'shown' });
    expect(test.say({ type: 'done', stats: { route: [] } })).toBe(false);
    // No more ids than it was asked for.
    expect(test.known.of(POOL)?.ids).toEqual([5, 6, 7, 8]);
  });
});

describe('a lap that never ends', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['half a minute where its stages are quick', 0, 30_000],
    ['longer where they said that they are slow', 100, 58_000],
    ['five minutes at most', 1e6, 300_000],
  ])('is waited for: %s', async (_what, slow, waitMs) => {
    const test = await scene({ slow });
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(test.sent.map(([, { type }]) => type)).toEqual(['job-start']);
    await vi.advanceTimersByTimeAsync(1 + RECEIPTS_MS);
    expect(test.verdicts).toMatchObject([{ kind: 'unshown', peers: [test.entry.peer] }]);
  });

  test('of one that serves is one lap, and blames who says nothing at all', async () => {
    const test = await scene({ isServing: true });
    expect(test.start().request.maxTokens).toBe(1);
    test.runner.poolChanged(POOL, test.pool);
    await vi.advanceTimersByTimeAsync(8_000);
    test.runner.receiptsCame(test.entry.peer, lookOf(test), 4, []);
    await vi.advanceTimersByTimeAsync(RECEIPTS_MS);
    test.runner.receiptsCame(test.entry.peer, test.start().job, 4, []);
    await vi.advanceTimersByTimeAsync(RECEIPTS_MS);
    expect(test.verdicts).toMatchObject([{ kind: 'unshown', peers: [test.exit.peer] }]);
  });

  test('of one that serves and is slow has as long as any', async () => {
    const test = await scene({ isServing: true });
    await vi.advanceTimersByTimeAsync(8_000);
    for (const { peer } of [test.entry, test.exit]) test.runner.receiptsCame(peer, lookOf(test), 4, []);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(test.verdicts).toEqual([]);
    // A seat that was asked for receipts of the trial would compute no more of it.
    expect(lookOf(test)).not.toBe(test.start().job);
    test.answer([5]);
    await test.sign();
    expect(await verdictOf(test)).toMatchObject({ kind: 'shown' });
  });

  test('of one that serves and is busy shows nothing of anybody', async () => {
    const test = await scene({ isServing: true });
    for (let second = 0; second < 32; second += 1) {
      test.say({ type: 'failed', error: { code: 'sessions-full' } });
      for (const { peer } of [test.entry, test.exit]) test.runner.receiptsCame(peer, lookOf(test), 4, []);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(test.verdicts).toMatchObject([{ kind: 'unknown' }]);
  });

  test('is forgotten when its coalition is given up, when somebody of it left, and at the end', async () => {
    const [changed, left, closed] = [await scene(), await scene(), await scene()];
    changed.runner.poolChanged(POOL, { ...changed.pool, coalitions: [] });
    left.runner.peerGone(left.exit.peer);
    closed.runner.close();
    await vi.advanceTimersByTimeAsync(200_000);
    for (const { verdicts, sent } of [changed, left, closed]) {
      expect([verdicts, sent.filter(([, { type }]) => type === 'job-start').length]).toEqual([[], 1]);
    }
  });

  test('goes on while its coalition is still to be shown', async () => {
    const test = await scene();
    test.runner.poolChanged(POOL, test.pool);
    await vi.advanceTimersByTimeAsync(30_000 + RECEIPTS_MS);
    expect(test.verdicts).toHaveLength(1);
  });
});
