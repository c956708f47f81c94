// GET /v1/computepool/jobs/{id} and /v1/computepool/receipts/{id}: what was predicted for one's own job, how it went, and
// who signed for it. Nobody sees another's job.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import { type JobId, jobIdSchema } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate, ModelEntry } from '../http/api-types.ts';
import { json, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import type { JobRecord, JobService } from '../jobs/job-types.ts';
import type { JobEvidence } from '../settlement/receipt-store.ts';
import { costField } from './cost.ts';
import { usageJson } from './describe-answer.ts';

export interface JobRouteOptions {
  jobs: Pick<JobService, 'find'>;
  models(): readonly ModelEntry[];
  authenticate: Authenticate;
  /** All that was kept for a job. */
  receiptsOf(job: JobId): Promise<JobEvidence>;
}

const params = z.object({
  id: z.string().max(60).openapi({ description: 'The `x-request-id` of an answer, or the `id` in its body.' }),
});

const jobRoute = createRoute({
  method: 'get',
  path: '/computepool/jobs/{id}',
  tags: ['jobs'],
  summary: 'Prediction, outcome and cost of one of your jobs',
  security: SECURITY,
  request: { params },
  responses: {
    200: json(
      z
        .looseObject({
          object: z.literal('computepool.job'),
          id: z.string(),
          pool: z.string(),
          state: z.enum(['waiting', 'running', 'settling', 'done', 'failed']),
          charged_credits: z.string().optional(),
          charged_usdc: z.string().optional().openapi({ description: 'In its place, of a market pool.' }),
        })
        .openapi('Job'),
      'The job.',
    ),
    ...OPEN_AI_FAILURE,
  },
});

const receiptsRoute = createRoute({
  method: 'get',
  path: '/computepool/receipts/{id}',
  tags: ['jobs'],
  summary: 'The signed receipts of one of your jobs',
  security: SECURITY,
  request: { params },
  responses: {
    200: json(
      z
        .object({
          object: z.literal('list'),
          job: z.string(),
          data: z.array(z.looseObject({ signature: z.string() })),
          delivery: z
            .nullable(z.looseObject({ signature: z.string() }))
            .openapi({ description: 'In a chat: what its client signed that it received.' }),
        })
        .openapi('ReceiptList'),
      'Each with the public key to check it with.',
    ),
    ...OPEN_AI_FAILURE,
  },
});

export function createJobRoutes({ jobs, models, authenticate, receiptsOf }: JobRouteOptions): OpenAPIHono<CallerEnv> {
  const app = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  app.use('/computepool/jobs/*', requireCaller(authenticate));
  app.use('/computepool/receipts/*', requireCaller(authenticate));
  const find = async (shown: string, owner: Parameters<JobService['find']>[1]): Promise<JobRecord> => {
    const id = jobIdSchema.safeParse(shown.replace(/^(chatcmpl|cmpl)-/, ''));
    const record = id.success ? await jobs.find(id.data, owner) : undefined;
    if (!record) throw new PoolError('not-found', 'You have no job with this id.', { data: { param: 'id' } });
    return record;
  };
  app.openapi(jobRoute, async (c) => {
    const record = await find(c.req.valid('param').id, c.get('caller').owner);
    const isMarket = models().some((entry) => entry.pool === record.pool && entry.isMarket);
    return c.json(toJson(record, isMarket), 200);
  });
  app.openapi(receiptsRoute, async (c) => {
    const { id } = await find(c.req.valid('param').id, c.get('caller').owner);
    const { stages, note } = await receiptsOf(id);
    return c.json({ object: 'list' as const, job: id, data: [...stages], delivery: note ?? null }, 200);
  });
  return app;
}

const toJson = (record: JobRecord, isMarket: boolean) => ({
  object: 'computepool.job' as const,
  id: record.id,
  pool: record.pool,
  state: record.state,
  plan: record.plan ?? null,
  predicted: record.plan?.predicted ?? null,
  outcome: record.outcome ?? null,
  usage: usageJson(record.usage),
  ...costField(record.chargedMicros, isMarket),
  error: record.error ?? null,
  created_at: Math.floor(record.createdAt.getTime() / 1000),
  ended_at: record.endedAt ? Math.floor(record.endedAt.getTime() / 1000) : null,
});
