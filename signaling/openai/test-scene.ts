// The official client against the real routes on a loopback port, over scripted jobs. Used by tests only.
import OpenAI from 'openai';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { createAuthenticate } from '../http/authenticate.ts';
import {
  createGuardedApp,
  openTestSite,
  TEST_ACCOUNTS,
  TEST_KEY,
  TEST_MODEL,
  TEST_MODELS,
  type TestSite,
} from '../http/test-site.ts';
import { KeptAnswers, type KeptBounds } from './kept-answers.ts';
import { createOpenAiRoutes } from './open-ai-routes.ts';
import { type Fault, ScriptedJobService } from './scripted-job-service.ts';

export const MARKET = 'computepool/guide-4m@main:fp32/market';
export const MESSAGES = [{ role: 'user' as const, content: 'Hello there' }];
export const KEEP_ALIVE_MS = 40;

export class OpenAiScene {
  readonly jobs = new ScriptedJobService();
  site!: TestSite;

  /** Call it once, at the top of a test file. */
  static set(bounds: Partial<KeptBounds> = {}): OpenAiScene {
    const scene = new OpenAiScene();
    const { jobs } = scene;
    beforeAll(async () => {
      const authenticate = createAuthenticate(TEST_ACCOUNTS);
      const app = createGuardedApp(authenticate);
      const routes = createOpenAiRoutes({
        jobs,
        models: () => TEST_MODELS,
        authenticate,
        receiptsOf: async () => ({ stages: [] }),
        trustedProxies: 1,
        kept: new KeptAnswers(bounds),
        limits: { keepAliveMs: KEEP_ALIVE_MS },
        logger: pino({ level: 'silent' }),
      });
      app.route('/v1', routes);
      scene.site = await openTestSite(app);
    });
    afterAll(() => scene.site.close());
    beforeEach(() => {
      jobs.options = {};
      jobs.faults.length = 0;
      jobs.orders.length = 0;
      jobs.endings.clear();
    });
    return scene;
  }

  readonly ask = (more: Record<string, unknown> = {}) =>
    this.site.client.chat.completions.create({
      ...{ model: TEST_MODEL, messages: MESSAGES, max_tokens: 8, seed: 1, ...more },
    } as never);

  readonly post = (body: unknown, headers: Record<string, string> = {}, path = '/chat/completions') =>
    fetch(`${this.site.url}/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
}

export async function failure(promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OpenAI.APIError);
  return error as InstanceType<typeof OpenAI.APIError>;
}

export const fault = (
  code: ConstructorParameters<typeof PoolError>[0],
  at: Fault['at'] = 'submit',
  data = {},
): Fault => ({ at, error: new PoolError(code, 'A fault by script.', { data }) });
