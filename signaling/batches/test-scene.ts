// Batches end to end with the official client: real routes, real database, real runner; only the jobs are scripted. Used by
// tests only.
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS, type OpenTestDatabase } from '../db/test-databases.ts';
import { createAuthenticate } from '../http/authenticate.ts';
import {
  createGuardedApp,
  openTestSite,
  TEST_ACCOUNTS,
  TEST_MODEL,
  TEST_MODELS,
  type TestSite,
} from '../http/test-site.ts';
import { createOpenAiRoutes } from '../openai/open-ai-routes.ts';
import { ScriptedJobService } from '../openai/scripted-job-service.ts';
import { openSeal } from '../seal/open-seal.ts';
import { createBatchRoutes } from './batch-routes.ts';
import { type BatchRunner, type BatchRunnerOptions, createBatchRunner } from './batch-runner.ts';
import type { BatchLimits } from './batch-types.ts';
import { batches, batchItems } from './tables.ts';

const logger = pino({ level: 'silent' });
/** A lease that a machine with other work does not outrun: what ends early says so itself. */
export const TIMING = { leaseMs: 60_000, pollMs: 20, backoffMs: 5, graceMs: 20 };
export const WAIT = { timeout: 60_000, interval: 10 };

export const lineOf = (id: string, body: Record<string, unknown> = {}, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: TEST_MODEL, messages: [{ role: 'user', content: `Hello ${id}` }], max_tokens: 4, ...body },
    ...more,
  });

interface ResultLine {
  custom_id: string;
  response: {
    status_code: number;
    body: OpenAI.ChatCompletion & OpenAI.ErrorObject & { error?: OpenAI.ErrorObject };
  };
}

export class BatchScene {
  db!: Database;
  site!: TestSite;
  jobs = new ScriptedJobService();
  readonly seal = openSeal({ memory: true });
  #runners: BatchRunner[] = [];

  /** Call it once in a suite. */
  static set(open: OpenTestDatabase, bounds: Partial<BatchLimits> = {}): BatchScene {
    const scene = new BatchScene();
    beforeAll(async () => {
      scene.db = (await open()).db;
      const authenticate = createAuthenticate(TEST_ACCOUNTS);
      const app = createGuardedApp(authenticate);
      const wake = (): void => {
        for (const runner of scene.#runners) runner.wake();
      };
      const limits = { items: 40, openBatches: 3, ownerFiles: 60, fileBytes: 64 * 1024, ...bounds };
      const group = createBatchRoutes({ db: scene.db, authenticate, wake, allowLoopbackWebhooks: true, limits });
      const options = {
        jobs: scene.jobs,
        models: () => TEST_MODELS,
        authenticate,
        receiptsOf: async () => ({ stages: [] }),
        trustedProxies: 1,
        logger,
      };
      app.route('/v1', createOpenAiRoutes({ ...options, groups: [group] }));
      scene.site = await openTestSite(app);
    }, OPEN_TIMEOUT_MS);
    beforeEach(() => {
      scene.jobs = new ScriptedJobService();
    });
    afterEach(async () => {
      await Promise.all(scene.#runners.map((runner) => runner.stop()));
      scene.#runners = [];
      await scene.db.delete(batchItems);
      await scene.db.delete(batches);
    });
    afterAll(() => scene.site.close());
    return scene;
  }

  readonly run = (more: Partial<BatchRunnerOptions> = {}): BatchRunner => {
    const { db, jobs, seal } = this;
    const runner = createBatchRunner({ db, jobs, seal, models: () => TEST_MODELS, logger, timing: TIMING, ...more });
    this.#runners.push(runner);
    runner.start();
    return runner;
  };

  readonly upload = async (lines: string[], client = this.site.client) =>
    client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'), purpose: 'batch' });

  readonly start = async (lines: string[], more: Record<string, unknown> = {}) => {
    const { id } = await this.upload(lines);
    const body = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h', ...more };
    return this.site.client.batches.create(body as OpenAI.BatchCreateParams);
  };

  readonly ended = (id: string) =>
    vi.waitFor(async () => {
      const batch = await this.site.client.batches.retrieve(id);
      expect(['completed', 'failed', 'cancelled', 'expired']).toContain(batch.status);
      return batch;
    }, WAIT);

  readonly readLines = async (id: string | null | undefined): Promise<ResultLine[]> => {
    const text = id ? await (await this.site.client.files.content(id)).text() : '';
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ResultLine);
  };
}

export const fault = (code: ErrorCode, at: 'submit' | 'queue' | 'start' | number = 'submit') => ({
  at,
  error: new PoolError(code, 'A fault by script.'),
});
