// The context of jobs without a database and without a socket: real queues and a real collector, a purse in memory, rows as
// a list of what was kept. Verbs of a job's life are tested with it one by one. Used by tests only.
import type { ErrorCode, PoolError } from '../../protocol/errors.ts';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import type { JobEvent } from '../../protocol/job.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { TestFunding } from '../money/test-funding.ts';
import { createJobContext } from './create-job-context.ts';
import type { JobContext, JobOptions } from './job-context.ts';
import type { JobListener, LiveJob, NewJob } from './live-job.ts';
import { liveJob } from './live-job.ts';
import { MODEL, SERVER_ID, TestNetwork } from './test-network.ts';
import { PLAN, PRICE, PROMPT_IDS, REQUEST } from './test-scene.ts';

/** What a row says after a change of it. */
interface KeptRow {
  id: JobId;
  state: string;
  chargedMicros?: number | undefined;
  errorCode?: string | undefined;
}

/** What somebody who wanted a job was told, in order; `isThere` is what it says to its route. */
export class TestListener implements JobListener {
  readonly heard: string[] = [];
  readonly events: JobEvent[] = [];
  readonly errors: PoolError[] = [];
  /** What its routes were granted. */
  readonly grants: (string | undefined)[] = [];
  isThere = true;

  get codes(): ErrorCode[] {
    return this.errors.map(({ code }) => code);
  }

  queued(place: number, waiting: number): void {
    this.heard.push(`queued ${place}/${waiting}`);
  }
  routed(_plan: unknown, _over: unknown, grant: string | undefined): boolean {
    this.heard.push('routed');
    this.grants.push(grant);
    return this.isThere;
  }
  event(event: JobEvent): void {
    this.heard.push(event.type);
    this.events.push(event);
  }
  ended({ chargedMicros }: { chargedMicros: number }): void {
    this.heard.push(`ended ${chargedMicros}`);
  }
  failed(error: PoolError): void {
    this.heard.push(`failed ${error.code}`);
    this.errors.push(error);
  }
}

let jobs = 0;

export class TestContext {
  readonly network: TestNetwork;
  readonly funding = new TestFunding(1_000_000);
  readonly rows: KeptRow[] = [];
  readonly receipts: SignedReceipt[] = [];
  /** What was logged as an error. */
  readonly errors: string[] = [];
  readonly context: JobContext;

  constructor(network: TestNetwork, options: Partial<JobOptions> = {}) {
    this.network = network;
    this.context = createJobContext({
      fundingOf: () => this.funding,
      store: {
        save: async ({ id, state }, { isOver, ...change } = {}) =>
          void this.rows.push({ id, ...change, state: isOver ? (change.errorCode ? 'failed' : 'done') : state }),
        find: async () => undefined,
        listOf: async () => [],
        recentOf: async () => [],
        saveShown: async () => {},
        listShown: async () => [],
        endShown: async () => {},
        endOrphans: async () => [],
        withoutRow: async () => [],
        listGoing: async () => [],
      },
      receipts: {
        save: async (_job, { stages }) => void this.receipts.push(...stages),
        of: async () => ({ stages: this.receipts }),
      },
      accounts: { ownerOf: async () => undefined, peersOf: async () => [] },
      sign: () => 'unsigned',
      serverId: SERVER_ID,
      logger: { info: () => {}, error: (_fields: unknown, text?: string) => void this.errors.push(text ?? '') },
      limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
      poolOf: () => network.pool(),
      send: (peer, message) => network.send(peer, message),
      route: () => PLAN,
      priceOf: () => PRICE,
      promptIds: async () => PROMPT_IDS,
      receiptTimeoutMs: 50,
      ...options,
    });
  }

  /** Two tabs that serve, and two more that could. */
  static async of(options: Partial<JobOptions> = {}): Promise<TestContext> {
    const network = await TestNetwork.of(4);
    network.ring = [0, 1];
    return new TestContext(network, options);
  }

  /** What an order over HTTP comes to, before it is admitted; `listener` hears of it. */
  fields(fields: Partial<NewJob> = {}): Omit<NewJob, 'listener'> & { listener: TestListener } {
    const count = (++jobs).toString(16).padStart(32, '0');
    const payer = accountOwner('payer' as AccountId);
    return {
      ...{
        id: count as JobId,
        nonce: count,
        pool: poolIdOf(MODEL),
        payer,
        source: 'http',
        account: payer,
        place: undefined,
        own: [],
      },
      ...{ promptIds: PROMPT_IDS },
      ...{ choices: 1, maxPosition: 13, maxTokens: 8, price: PRICE, heldMicros: 340, request: REQUEST },
      most: { promptTokens: 5, maxTokens: 8, choices: fields.choices ?? 1 },
      listener: new TestListener(),
      ...fields,
    } as Omit<NewJob, 'listener'> & { listener: TestListener };
  }

  /** A job that nobody admitted: what a queue or a settlement gets. */
  job(fields: Partial<NewJob> = {}): LiveJob & { listener: TestListener } {
    return liveJob(this.fields(fields)) as LiveJob & { listener: TestListener };
  }

  /** What the row of this job said, from first to last. */
  statesOf({ id }: { id: JobId }): string[] {
    return this.rows.filter((row) => row.id === id).map(({ state }) => state);
  }

  /** Lets go of all that lives, so that no timer is left. */
  async close(): Promise<void> {
    for (const job of this.context.jobs.values()) clearTimeout(job.timer);
    await Promise.all(this.context.ending);
    this.context.queues.close();
  }
}
