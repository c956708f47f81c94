// GET /v1/computepool/usage: what a program may know of the account that its key spends. The rest of an account is its person's.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Authenticate } from '../http/api-types.ts';
import { json, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { JobRecord } from '../jobs/job-types.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import type { Ledger } from '../ledger/ledger-types.ts';

const LAST_JOBS = 50;

const amount = z.object({ credits: z.string(), micros: z.int() });

const usageSchema = z
  .object({
    object: z.literal('computepool.usage'),
    available: amount.openapi({ description: 'Free to spend.' }),
    held: amount.openapi({ description: 'Held for what runs.' }),
    jobs: z
      .array(
        z.object({
          id: z.string(),
          pool: z.string(),
          state: z.enum(['waiting', 'running', 'settling', 'done', 'failed']),
          prompt_tokens: z.int(),
          cached_tokens: z.int(),
          completion_tokens: z.int(),
          charged: amount,
          created_at: z.int().openapi({ description: 'Unix seconds.' }),
        }),
      )
      .openapi({ description: `The last ${LAST_JOBS}, newest first; each is at /v1/computepool/jobs/{id}.` }),
  })
  .openapi('Usage');

const usageRoute = createRoute({
  method: 'get',
  path: '/computepool/usage',
  tags: ['jobs'],
  summary: 'Balance and last jobs of your account',
  security: SECURITY,
  responses: { 200: json(usageSchema, 'As of now.'), ...OPEN_AI_FAILURE },
});

export interface ProgramUsageOptions {
  authenticate: Authenticate;
  jobs: Pick<JobStore, 'listOf'>;
  ledger: Pick<Ledger, 'balanceOf'>;
}

/** A group of `/v1`. */
export function createProgramUsageRoutes({ authenticate, jobs, ledger }: ProgramUsageOptions): OpenAPIHono<CallerEnv> {
  const app = new OpenAPIHono<CallerEnv>();
  app.use('/computepool/usage', requireCaller(authenticate));
  app.openapi(usageRoute, async (c) => {
    const { owner } = c.get('caller');
    const { availableMicros, heldMicros } = await ledger.balanceOf(owner);
    const usage = {
      object: 'computepool.usage' as const,
      available: amountOf(availableMicros),
      held: amountOf(heldMicros),
      jobs: (await jobs.listOf(owner, LAST_JOBS)).map(describeJob),
    };
    return c.json(usage, 200, { 'Cache-Control': 'no-store' });
  });
  return app;
}

const amountOf = (micros: number) => ({ credits: formatCredits(micros), micros });

const describeJob = ({ id, pool, state, usage, chargedMicros, createdAt }: JobRecord) => ({
  ...{ id, pool, state },
  prompt_tokens: usage.promptTokens,
  cached_tokens: usage.cachedTokens,
  completion_tokens: usage.completionTokens,
  charged: amountOf(chargedMicros),
  created_at: Math.floor(createdAt.getTime() / 1000),
});
