// The door of /v1/files and /v1/batches. A batch is checked when it is made and run by batch-runner.ts.
import { OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import { throwIssue } from '../http/answer-error.ts';
import { API_LIMITS } from '../http/api-types.ts';
import { boundJson } from '../http/bound-json.ts';
import { confirmCaller } from '../http/confirm-caller.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import { batchJson } from './batch-json.ts';
import * as routes from './batch-route-table.ts';
import { addBatch, cancelBatch, findBatch, listBatches } from './batch-store.ts';
import { BATCH_LIMITS, type BatchLimits } from './batch-types.ts';
import { ByteBudget } from './byte-budget.ts';
import { createFileRoutes, type FileRouteOptions } from './file-routes.ts';
import { findFile, readFile } from './file-store.ts';
import { readBatchFile } from './read-batch-file.ts';
import { checkWebhookUrl } from './send-webhook.ts';
import { hasWebhookSecret } from './webhook-secrets.ts';

export interface BatchRouteOptions extends Omit<FileRouteOptions, 'limits' | 'budget'> {
  limits?: Partial<BatchLimits>;
  /** The runner's `wake`, where one runs in this process. */
  wake?(): void;
  /** Also webhooks to http and to this machine: for development. */
  allowLoopbackWebhooks?: boolean;
}

/** Mount it under /v1: `createOpenAiRoutes({ …, groups: [createBatchRoutes({ db, authenticate, wake })] })`. */
export function createBatchRoutes(options: BatchRouteOptions): OpenAPIHono<CallerEnv> {
  const { db, authenticate, allowLoopbackWebhooks: allowLoopback = false } = options;
  const limits = { ...BATCH_LIMITS, ...options.limits };
  const budget = new ByteBudget(limits);
  const app = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  const bounds = boundJson({ ...API_LIMITS, bodyBytes: 64 * 1024 });
  app.use('/batches/*', requireCaller(authenticate), ...bounds, confirmCaller);
  app.openapi(routes.create, async (c) => {
    const { owner, key, confirm } = c.get('caller');
    const { endpoint, input_file_id: inputFileId, metadata, webhook } = c.req.valid('json');
    if (webhook) {
      checkWebhookUrl(webhook, { allowLoopback });
      if (!(await hasWebhookSecret(db, owner))) {
        const message = 'Make a secret for your webhooks first, under Account.';
        throw new PoolError('bad-request', message, { data: { param: 'webhook' } });
      }
    }
    const { purpose, bytes } = await findFile(db, owner, inputFileId);
    if (purpose !== 'batch') {
      throw new PoolError('bad-request', 'The file is no input.', { data: { param: 'input_file_id' } });
    }
    const hold = budget.open(owner);
    try {
      hold.take(bytes);
      const read = readBatchFile(await readFile(db, owner, inputFileId), endpoint, limits);
      const batch = {
        owner,
        key,
        endpoint,
        inputFileId,
        metadata: metadata ?? null,
        webhook: webhook ?? null,
        ...read,
      };
      const made = await addBatch(db, batch, limits, confirm);
      options.wake?.();
      return c.json(batchJson(made), 200);
    } finally {
      hold.release();
    }
  });
  app.openapi(routes.list, async (c) => {
    const page = c.req.valid('query');
    const found = await listBatches(db, c.get('caller').owner, page);
    const data = found.slice(0, page.limit).map(batchJson);
    const first_id = data[0]?.id ?? null;
    const last_id = data.at(-1)?.id ?? null;
    return c.json({ object: 'list' as const, data, first_id, last_id, has_more: found.length > page.limit }, 200);
  });
  app.openapi(routes.read, async (c) =>
    c.json(batchJson(await findBatch(db, c.get('caller').owner, c.req.valid('param').id)), 200),
  );
  app.openapi(routes.cancel, async (c) => {
    const batch = await cancelBatch(db, c.get('caller').owner, c.req.valid('param').id);
    options.wake?.();
    return c.json(batchJson(batch), 200);
  });
  const all = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  all.route('/', createFileRoutes({ db, authenticate, limits, budget }));
  all.route('/', app);
  return all;
}
