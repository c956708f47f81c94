// The way in: what is refused leaves nothing behind, and what happens while a row is made or money is set aside is heeded.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { GRANT_SECONDS } from '../../protocol/limits.ts';
import { type AccountId, accountOwner, peerOwner } from '../ledger/owner.ts';
import { admitJob, planJob, poolFor, termsOf } from './admit-job.ts';
import { finishJob } from './end-job.ts';
import { TestContext } from './test-context.ts';
import { MODEL } from './test-network.ts';
import { codeOf, PLAN, PRICE } from './test-scene.ts';

const POOL = poolIdOf(MODEL);
const OTHER = poolIdOf({ ...MODEL, slug: 'other' });

let test: TestContext;

beforeEach(async () => {
  test = await TestContext.of();
  return () => test.close();
});
afterEach(() => vi.useRealTimers());

const codeOfCall = (call: () => unknown) => codeOf((async () => call())());

describe('a pool', () => {
  it('is refused where it has no tab or no manifest, with a time to come back', async () => {
    test.network.ring = [];
    expect(await codeOfCall(() => poolFor(test.context, POOL))).toBe('no-stages');
    const pool = { ...test.network.pool()!, manifest: undefined };
    const context = { ...test.context, poolOf: () => pool };
    expect(() => poolFor(context, POOL)).toThrow(
      expect.objectContaining({ code: 'no-stages', data: { retryAfterSeconds: 30 } }),
    );
  });

  it('needs no tab where the asking tab may hold the whole model, and still a manifest', async () => {
    const context = { ...test.context, poolOf: () => undefined, manifestOf: () => test.network.manifest };
    expect(poolFor(context, POOL, true)).toMatchObject({ id: POOL, manifest: test.network.manifest, peers: [] });
    expect(await codeOfCall(() => poolFor(context, POOL, false))).toBe('no-stages');
    expect(await codeOfCall(() => poolFor({ ...context, manifestOf: () => undefined }, POOL, true))).toBe('no-stages');
  });

  it('is there for nobody while the server ends', async () => {
    test.context.isClosing = true;
    expect(await codeOfCall(() => poolFor(test.context, POOL, true))).toBe('shutting-down');
  });

  it('tells the planner its room, also before anybody ever waited for it', () => {
    const asked: number[] = [];
    const route = ({ slots }: { slots: number }) => {
      asked.push(slots);
      return PLAN;
    };
    planJob({ ...test.context, route }, test.network.pool()!, { promptTokens: 5, maxTokens: 8 });
    expect(asked[0]).toBeGreaterThan(0);
  });
});

it('holds what every choice may cost within the model’s context, and no more', () => {
  const terms = termsOf(test.context, test.network.pool()!, {
    payer: accountOwner('ann' as AccountId),
    promptTokens: 100,
    maxTokens: 8,
    choices: 3,
  });
  const { maxContext } = test.network.manifest;
  expect(terms).toMatchObject({ pool: POOL, maxPosition: maxContext, maxTokens: 8, choices: 3, price: PRICE });
  expect(terms.heldMicros).toBe(3 * (maxContext * PRICE.promptMicros + 8 * PRICE.completionMicros));
});

describe('a job', () => {
  it('is money aside, then in the queue, then a row', async () => {
    const before = Date.now();
    const job = await admitJob(test.context, test.fields());
    expect(test.statesOf(job)).toEqual(['running']);
    const entry = test.funding.entries.get(job.id)!;
    expect(entry).toMatchObject({ state: 'open', amountMicros: 340 });
    // Set aside for longer than the grant is good for, even if it waits.
    expect(entry.expiresAt.getTime()).toBeGreaterThan(before + GRANT_SECONDS * 1000);
    expect(job.nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  it('for nothing has nothing set aside', async () => {
    const job = await admitJob(test.context, test.fields({ heldMicros: 0 }));
    expect(test.funding.entries.size).toBe(0);
    expect(test.funding.work).toEqual([]);
    expect(job.state).toBe('running');
  });

  it('names at most 32 devices of its account, and of a tab without one the tab', async () => {
    const many = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(32, '0') as PeerId);
    const asked: AccountId[] = [];
    const accounts = {
      ...test.context.accounts,
      peersOf: async (account: AccountId) => {
        asked.push(account);
        return many;
      },
    };
    const fields = (given: Parameters<typeof test.fields>[0]) => {
      const { own: _, ...rest } = test.fields(given);
      return rest;
    };
    const ann = accountOwner('ann' as AccountId);
    const owned = await admitJob({ ...test.context, accounts }, fields({ payer: ann }));
    expect(owned.own).toEqual(many.slice(0, 32));
    expect(asked).toEqual(['ann']);
    const driver = test.network.peer(3);
    const payer = peerOwner(driver);
    const tab = await admitJob(test.context, fields({ source: 'tab', request: undefined, payer, driver }));
    expect(tab.own).toEqual([driver]);
    expect((await admitJob(test.context, fields({ payer }))).own).toEqual([]);
  });

  it.each<[string, (context: TestContext) => Promise<void> | void, string]>([
    [
      'its payer is poor',
      ({ funding, context }) => void funding.purses.set(test.fields().payer, context.jobs.size),
      'insufficient-credits',
    ],
    [
      'the queue is full',
      async ({ network, context }) => {
        network.isServing = false;
        for (const account of ['a', 'b', 'c', 'd'])
          await admitJob(context, test.fields({ payer: accountOwner(account as AccountId) }));
      },
      'queue-full',
    ],
    [
      'the server ends meanwhile',
      ({ funding, context }) => {
        const { reserve } = funding;
        funding.reserve = async (reservation) => {
          await reserve.call(funding, reservation);
          context.isClosing = true;
        };
      },
      'shutting-down',
    ],
    [
      'the database is away',
      ({ funding }) => {
        funding.reserve = async () => {
          throw new PoolError('unavailable', 'The database is away.');
        };
      },
      'unavailable',
    ],
  ])('leaves nothing behind when %s', async (_name, prepare, code) => {
    await prepare(test);
    const fields = test.fields();
    const { jobs, queues } = test.context;
    const [live, waiting] = [jobs.size, queues.loadOf(POOL).waiting];
    expect(await codeOf(admitJob(test.context, fields))).toBe(code);
    expect([jobs.size, queues.loadOf(POOL).waiting]).toEqual([live, waiting]);
    expect(test.rows.at(-1)).toMatchObject({ id: fields.id, state: 'failed', errorCode: code });
    expect(test.funding.entries.get(fields.id)?.state ?? 'released').toBe('released');
  });

  it('that nobody wants any more is not started, and its money goes back', async () => {
    const fields = test.fields();
    const error = new PoolError('cancelled', 'The ask was cancelled.');
    expect(await codeOf(admitJob(test.context, fields, undefined, () => error))).toBe('cancelled');
    expect(fields.listener.heard).toEqual([]);
    expect(test.network.sent).toEqual([]);
    expect(test.funding.entries.get(fields.id)?.state).toBe('released');
  });

  it('that waits has a row that says so', async () => {
    test.network.isServing = false;
    const job = await admitJob(test.context, test.fields());
    expect(test.statesOf(job)).toEqual(['waiting']);
  });

  it('whose row cannot be made now is answered and has its row at its end', async () => {
    const { save } = test.context.store;
    test.context.store.save = () => Promise.reject(new Error('no column'));
    const job = await admitJob(test.context, test.fields());
    expect(job.state).toBe('running');
    await expect.poll(() => test.errors).toEqual(['a job could not be kept']);
    test.context.store.save = save;
    finishJob(test.context, job);
    await expect.poll(() => test.statesOf(job)).toEqual(['settling', 'done']);
  });

  it('that its payer cannot pay has a row that says so, and nothing set aside', async () => {
    const fields = test.fields({ heldMicros: 2_000_000 });
    await expect(admitJob(test.context, fields)).rejects.toMatchObject({ code: 'insufficient-credits' });
    expect(test.rows).toMatchObject([{ id: fields.id, state: 'failed', errorCode: 'insufficient-credits' }]);
    expect(test.funding.entries.size).toBe(0);
  });

  it('that waits too long is let go with its money', async () => {
    vi.useFakeTimers();
    test.network.isServing = false;
    const fields = test.fields();
    const job = await admitJob(test.context, fields);
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(job.state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect(fields.listener.codes).toEqual(['queue-full']);
    expect(test.funding.entries.get(job.id)?.state).toBe('released');
    expect(test.context.queues.loadOf(POOL)).toMatchObject({ waiting: 0 });
  });

  it('whose pool is left, and forgotten, while its row is made waits where the pool looks when it comes back', async () => {
    const { network } = test;
    let isHere = true;
    const context = new TestContext(network, {
      poolOf: (id) => (id === POOL && !isHere ? undefined : network.pool()),
      desertedMs: 60_000,
    });
    const fields = context.fields();
    const { reserve } = context.funding;
    context.funding.reserve = async (reservation) => {
      await reserve.call(context.funding, reservation);
      isHere = false;
      // Whoever asks for another pool now makes the server forget the empty queue of this one.
      context.context.queues.poolChanged(POOL);
      context.context.queues.of(OTHER);
    };
    context.context.queues.of(POOL);
    const job = await admitJob(context.context, fields);
    expect([job.state, context.context.queues.loadOf(POOL).waiting]).toEqual(['waiting', 1]);
    isHere = true;
    context.context.queues.poolChanged(POOL);
    expect(job.state).toBe('running');
    await context.close();
  });

  it('that comes to a pool which was left meanwhile does not wait for it for long', async () => {
    const context = new TestContext(test.network, { desertedMs: 10 });
    const fields = context.fields();
    const { reserve } = context.funding;
    context.funding.reserve = async (reservation) => {
      await reserve.call(context.funding, reservation);
      test.network.ring = [];
      test.network.isServing = false;
    };
    await admitJob(context.context, fields);
    await expect.poll(() => fields.listener.codes).toEqual(['no-stages']);
    await context.close();
  });
});
