// Descriptions of the routes under /v1/batches, for their handlers and for the OpenAPI document.
import { createRoute, z } from '@hono/zod-openapi';
import { json, jsonBody, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { BATCH_ENDPOINTS } from './batch-types.ts';
import { CANNOT_BE_KEPT, canBeKept, keptText } from './kept-text.ts';
import { BATCH_STATES } from './tables.ts';

const time = z.int().nullable();

const batchSchema = z
  .object({
    id: z.string(),
    object: z.literal('batch'),
    endpoint: z.enum(BATCH_ENDPOINTS),
    model: z.string().nullable(),
    errors: z
      .object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            code: z.string(),
            message: z.string(),
            line: z.int().nullable(),
            param: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
    input_file_id: z.string(),
    completion_window: z.literal('24h'),
    status: z.enum(BATCH_STATES),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: time,
    expires_at: z.int(),
    finalizing_at: time,
    completed_at: time,
    failed_at: time,
    expired_at: time,
    cancelling_at: time,
    cancelled_at: time,
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    usage: z.object({
      input_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens: z.int(),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
      total_tokens: z.int(),
    }),
    metadata: z.record(z.string(), z.string()).nullable(),
    webhook: z.string().nullable(),
  })
  .openapi('Batch');

const bodySchema = z
  .object({
    input_file_id: keptText(100),
    endpoint: z.enum(BATCH_ENDPOINTS),
    completion_window: z.literal('24h'),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine((pairs) => Object.keys(pairs).length <= 16, { message: 'At most 16 pairs' })
      .refine((pairs) => Object.entries(pairs).flat().every(canBeKept), { message: CANNOT_BE_KEPT })
      .nullish(),
    webhook: keptText(2000).min(1).nullish().openapi({
      description: 'Extension. The batch is posted there when it ends, signed as Standard Webhooks says.',
    }),
  })
  .openapi('BatchRequest');

const tags = ['batches'];
const params = z.object({ id: keptText(100) });

export const create = createRoute({
  method: 'post',
  path: '/batches',
  tags,
  summary: 'Run the requests of a file within a day',
  security: SECURITY,
  request: { body: jsonBody(bodySchema) },
  responses: { 200: json(batchSchema, 'The batch; `failed` at once when its file does not fit.'), ...OPEN_AI_FAILURE },
});

export const list = createRoute({
  method: 'get',
  path: '/batches',
  tags,
  summary: 'List your batches, newest first',
  security: SECURITY,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      after: keptText(100).optional(),
    }),
  },
  responses: {
    200: json(
      z.object({
        object: z.literal('list'),
        data: z.array(batchSchema),
        first_id: z.string().nullable(),
        last_id: z.string().nullable(),
        has_more: z.boolean(),
      }),
      'A page of them.',
    ),
    ...OPEN_AI_FAILURE,
  },
});

export const read = createRoute({
  method: 'get',
  path: '/batches/{id}',
  tags,
  summary: 'How far a batch is',
  security: SECURITY,
  request: { params },
  responses: { 200: json(batchSchema, 'The batch.'), ...OPEN_AI_FAILURE },
});

export const cancel = createRoute({
  method: 'post',
  path: '/batches/{id}/cancel',
  tags,
  summary: 'Stop a batch; what is done is kept',
  security: SECURITY,
  request: { params },
  responses: { 200: json(batchSchema, 'The batch, `cancelling`.'), ...OPEN_AI_FAILURE },
});
