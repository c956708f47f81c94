// The worker of batches: takes requests from the durable queue, runs them as jobs, writes results, ends batches and has
// their webhooks sent. Any number of processes may run one on the same database; each may die at any moment.

import type { Logger } from 'pino';
import { PoolError } from '../../protocol/errors.ts';
import { OwnerTurns } from '../admission/owner-turns.ts';
import { faultOf } from '../db/database-faults.ts';
import type { Database } from '../db/open-database.ts';
import { API_LIMITS, type ApiLimits, type ModelEntry } from '../http/api-types.ts';
import { toOpenAiError } from '../http/open-ai-error.ts';
import type { Job, JobService, Usage } from '../jobs/job-types.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { collectJob } from '../openai/follow-job.ts';
import { parseRequest } from '../openai/prepare-request.ts';
import { writeWhole } from '../openai/write-answer.ts';
import type { Seal } from '../seal/create-seal.ts';
import { BATCH_LIMITS, type BatchLimits } from './batch-types.ts';
import { endBatches } from './end-batch.ts';
import { deleteExpiredFiles } from './file-store.ts';
import { finishItem, listDueOwners, putBack, renewLease, type TakenItem, takeItem } from './item-queue.ts';
import { judgeFailure, MAX_ATTEMPTS, pauseMs } from './judge-failure.ts';
import { type LineTiming, watchLine } from './line-deadline.ts';
import { responseLine } from './result-line.ts';
import { WEBHOOK_WORKERS } from './webhook-lanes.ts';
import { createWebhookQueue, type WebhookOptions } from './webhook-queue.ts';
import { WorkLoop } from './work-loop.ts';

export interface BatchRunnerOptions {
  db: Database;
  jobs: JobService;
  models(): readonly ModelEntry[];
  logger: Logger;
  limits?: Partial<BatchLimits>;
  apiLimits?: Partial<ApiLimits>;
  /** Opens the secrets that webhooks are signed with. */
  seal: Seal;
  webhooks?: Partial<Omit<WebhookOptions, 'seal' | 'logger'>>;
  timing?: Partial<RunnerTiming>;
  /**
   * Requests at a time: few, because the job service's queue takes turns by account and knows no lower class. As many again
   * for owners that have nothing running.
   */
  parallel?: number;
}

export interface RunnerTiming extends LineTiming {
  /** Without a sign of life for so long, another runner takes the request. */
  leaseMs: number;
  /** Between looks at an empty queue. */
  pollMs: number;
  /** The first pause of a request that was put back. */
  backoffMs: number;
  /** How long `stop` lets requests go on before it puts them back. */
  graceMs: number;
}

export interface BatchRunner {
  start(): void;
  /** Look at the queue now: something was put into it. */
  wake(): void;
  /** Resolves when nothing runs. What was running is back in the queue. */
  stop(): Promise<void>;
}

/** A cancelled batch's running requests are stopped within this time. */
const LOOK_MS = 5000;

const TIMING: RunnerTiming = {
  ...{ leaseMs: 60_000, pollMs: 1000, backoffMs: 1000, graceMs: 5000 },
  ...{ silenceMs: 5 * 60_000, lineMs: 30 * 60_000 },
};

export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { db, logger } = options;
  const timing = { ...TIMING, ...options.timing };
  const limits = { ...BATCH_LIMITS, ...options.limits };
  const stopping = new AbortController();
  const onError = (err: unknown): void => logger.error({ err }, 'batch step failed');

  const settle = async (taken: TakenItem, line: string, state: 'done' | 'failed', usage?: Usage): Promise<void> => {
    const { item } = taken;
    const isLarge = state === 'done' && Buffer.byteLength(line) > limits.resultBytes;
    const written = isLarge ? 'full' : await finishItem(db, item, { state, line, usage }, limits.batchResultBytes);
    if (written === 'lost') logger.warn({ batch: item.batchId, line: item.line }, 'a result came after its lease');
    if (written !== 'full') return;
    const error = new PoolError('too-large', 'The answers of this batch have more bytes than a batch may have.');
    const short = failureLine(item.customId, error, '');
    // Errors are short and bounded in number: they always have room.
    await finishItem(db, item, { state: 'failed', line: short, usage }, Number.MAX_SAFE_INTEGER);
  };

  const runItem = async (taken: TakenItem): Promise<void> => {
    const { item, batch } = taken;
    if (item.attempts >= MAX_ATTEMPTS) {
      const error = new PoolError('stage-left', `The request was lost ${item.attempts} times while it ran.`);
      return settle(taken, failureLine(item.customId, error, ''), 'failed');
    }
    const cancel = new AbortController();
    const abort = (): void => cancel.abort();
    stopping.signal.addEventListener('abort', abort);
    const renewal = setInterval(
      () => {
        renewLease(db, item, timing.leaseMs).then((isOurs) => isOurs || abort(), onError);
      },
      Math.min(timing.leaseMs / 3, LOOK_MS),
    );
    let job: Job | undefined;
    const jobId = (): string => job?.id ?? '';
    const watch = watchLine(timing, cancel);
    try {
      const context = { models: options.models(), limits: { ...API_LIMITS, ...options.apiLimits } };
      const prepared = parseRequest(batch.endpoint, JSON.parse(item.body), context);
      const startedMs = performance.now();
      const payer = batch.owner as OwnerId;
      const order = { ...prepared.order, payer, source: 'batch' as const, address: undefined };
      const run = async () => {
        job = await options.jobs.submit({ ...order, signal: cancel.signal });
        return collectJob(watch.listen(job), prepared.order.request, startedMs);
      };
      const collected = await watch.until(run());
      const body = writeWhole(prepared, job!, collected);
      const line = responseLine(item.customId, { status_code: 200, request_id: jobId(), body });
      await settle(taken, line, 'done', collected.done.usage);
    } catch (thrown) {
      const error = faultOf(thrown);
      if (error.code === 'internal') onError(thrown);
      const verdict = judgeFailure(error.code);
      if (stopping.signal.aborted && verdict !== 'fail') {
        await putBack(db, item, { notBefore: new Date(), isAttempt: false, isWait: false });
      } else if (
        verdict === 'fail' ||
        (verdict === 'retry' &&
          item.attempts + 1 >= MAX_ATTEMPTS &&
          (error.code === 'lap-timeout' || !cancel.signal.aborted))
      ) {
        await settle(taken, failureLine(item.customId, error, jobId()), 'failed');
      } else {
        const notBefore = new Date(Date.now() + pauseMs(item.waits, timing.backoffMs));
        await putBack(db, item, { notBefore, isAttempt: verdict === 'retry', isWait: true });
      }
    } finally {
      clearInterval(renewal);
      stopping.signal.removeEventListener('abort', abort);
    }
  };

  const workers = options.parallel ?? 2;
  const turns = new OwnerTurns({ workers, spare: workers });
  const items = new WorkLoop({
    parallel: 2 * workers,
    pollMs: timing.pollMs,
    onError,
    async step(onTaken) {
      const owner = turns.begin(await listDueOwners(db));
      if (owner === undefined) return false;
      try {
        const taken = await takeItem(db, timing.leaseMs, { of: owner });
        // Another runner was first, or another worker took the owner's last.
        if (!taken) return false;
        onTaken();
        await runItem(taken);
      } finally {
        turns.end(owner);
      }
      ends.wake();
      return true;
    },
  });
  const ends = new WorkLoop({
    parallel: 1,
    pollMs: timing.pollMs,
    onError,
    async step() {
      await deleteExpiredFiles(db, new Date());
      const failed: unknown[] = [];
      const ended = await endBatches(db, { onFailed: (thrown) => failed.push(thrown) });
      for (const { id, status, completed, failed } of ended) {
        logger.info({ batch: id, status, completed, failed }, 'batch ended');
      }
      if (ended.length > 0) wakePosts();
      // So that the loop looks again later and later.
      if (failed.length > 0) throw failed[0];
      return false;
    },
  });
  const webhooks = createWebhookQueue(db, { logger, seal: options.seal, ...options.webhooks });
  const posts = (['fast', 'slow'] as const).map((lane) => {
    const { workers, spare } = WEBHOOK_WORKERS[lane];
    const step = (onTaken: () => void) => webhooks.deliverNext(lane, onTaken);
    return new WorkLoop({ parallel: workers + spare, pollMs: timing.pollMs, onError, step });
  });
  const wakePosts = (): void => {
    for (const loop of posts) loop.wake();
  };
  return {
    start() {
      for (const loop of [items, ends, ...posts]) loop.start();
    },
    wake() {
      items.wake();
      ends.wake();
      wakePosts();
    },
    async stop() {
      const grace = setTimeout(() => stopping.abort(), timing.graceMs);
      await Promise.all([items, ...posts].map((loop) => loop.stop()));
      clearTimeout(grace);
      await ends.stop();
    },
  };
}

function failureLine(customId: string, error: PoolError, jobId: string): string {
  const { status, body } = toOpenAiError(error);
  return responseLine(customId, { status_code: status, request_id: jobId, body });
}
