// /v1/files as batches need it: upload JSON lines, read, list, delete.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate } from '../http/api-types.ts';
import { boundBody } from '../http/bound-body.ts';
import { json, OPEN_AI_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import { fileJson } from './batch-json.ts';
import type { BatchLimits } from './batch-types.ts';
import type { ByteBudget } from './byte-budget.ts';
import { addUpload, deleteFile, findFile, listFiles, readFile } from './file-store.ts';
import { keptText } from './kept-text.ts';
import { streamHeld } from './stream-held.ts';

export interface FileRouteOptions {
  db: Database;
  authenticate: Authenticate;
  limits: BatchLimits;
  /** Room for what is in memory. */
  budget: ByteBudget;
}

const tags = ['batches'];
const params = z.object({ id: keptText(100) });

const fileSchema = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.int(),
    created_at: z.int(),
    expires_at: z.int(),
    filename: z.string(),
    purpose: z.enum(['batch', 'batch_output']),
    status: z.literal('processed'),
  })
  .openapi('File');

const uploadRoute = createRoute({
  method: 'post',
  path: '/files',
  tags,
  summary: 'Upload the requests of a batch: JSON lines',
  security: SECURITY,
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            file: z.instanceof(File, { message: 'A file is missing' }).openapi({ type: 'string', format: 'binary' }),
            purpose: z.literal('batch', { message: 'May only be "batch"' }),
            'expires_after[anchor]': z.literal('created_at').optional(),
            'expires_after[seconds]': z.coerce.number().int().min(3600).max(2_592_000).optional(),
          }),
        },
      },
    },
  },
  responses: { 200: json(fileSchema, 'The file.'), ...OPEN_AI_FAILURE },
});

const listRoute = createRoute({
  method: 'get',
  path: '/files',
  tags,
  summary: 'List your files',
  security: SECURITY,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: keptText(100).optional(),
      order: z.enum(['asc', 'desc']).default('desc'),
      purpose: keptText(40).optional(),
    }),
  },
  responses: {
    200: json(
      z.object({
        object: z.literal('list'),
        data: z.array(fileSchema),
        first_id: z.string().nullable(),
        last_id: z.string().nullable(),
        has_more: z.boolean(),
      }),
      'A page of them.',
    ),
    ...OPEN_AI_FAILURE,
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/files/{id}',
  tags,
  summary: 'About one file',
  security: SECURITY,
  request: { params },
  responses: { 200: json(fileSchema, 'The file.'), ...OPEN_AI_FAILURE },
});

const contentRoute = createRoute({
  method: 'get',
  path: '/files/{id}/content',
  tags,
  summary: 'What is in a file',
  security: SECURITY,
  request: { params },
  responses: {
    200: { description: 'JSON lines.', content: { 'application/octet-stream': { schema: z.string() } } },
    ...OPEN_AI_FAILURE,
  },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: '/files/{id}',
  tags,
  summary: 'Delete a file',
  security: SECURITY,
  request: { params },
  responses: {
    200: json(z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) }), 'It is gone.'),
    ...OPEN_AI_FAILURE,
  },
});

/** Never shown as a page: it is what a stranger or a model wrote. */
const AS_FILE = {
  'Content-Type': 'application/octet-stream',
  'Content-Disposition': 'attachment',
  'X-Content-Type-Options': 'nosniff',
};

/** Form fields and boundaries around the file itself. */
const FORM_BYTES = 16 * 1024;
const MAX_NAME_CHARS = 200;

export function createFileRoutes({ db, authenticate, limits, budget }: FileRouteOptions): OpenAPIHono<CallerEnv> {
  const app = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  app.use('/files/*', requireCaller(authenticate));
  const holdOf = (c: Context<CallerEnv>) => budget.open(c.get('caller').owner);
  app.post('/files', boundBody(limits.fileBytes + FORM_BYTES, holdOf));
  app.openapi(uploadRoute, async (c) => {
    const { file, purpose, ...fields } = c.req.valid('form');
    if (file.size > limits.fileBytes) throw tooLarge(limits);
    const { owner, confirm } = c.get('caller');
    const lifeSeconds = fields['expires_after[seconds]'];
    const upload = {
      owner,
      filename: file.name.replace(/\p{Cc}/gu, '').slice(-MAX_NAME_CHARS) || 'batch.jsonl',
      purpose,
      content: decode(await file.arrayBuffer()),
      lifeMs: lifeSeconds === undefined ? undefined : lifeSeconds * 1000,
    };
    return c.json(fileJson(await addUpload(db, upload, limits, confirm)), 200);
  });
  app.openapi(listRoute, async (c) => {
    const page = c.req.valid('query');
    const found = await listFiles(db, c.get('caller').owner, page);
    const data = found.slice(0, page.limit).map(fileJson);
    const first_id = data[0]?.id ?? null;
    const last_id = data.at(-1)?.id ?? null;
    return c.json({ object: 'list' as const, data, first_id, last_id, has_more: found.length > page.limit }, 200);
  });
  app.openapi(readRoute, async (c) =>
    c.json(fileJson(await findFile(db, c.get('caller').owner, c.req.valid('param').id)), 200),
  );
  app.openapi(contentRoute, async (c) => {
    const { owner } = c.get('caller');
    const { id } = c.req.valid('param');
    const hold = holdOf(c);
    try {
      hold.take((await findFile(db, owner, id)).bytes);
      const content = Buffer.from(await readFile(db, owner, id));
      return c.body(streamHeld(content, hold), 200, {
        ...AS_FILE,
        'Content-Length': String(content.byteLength),
      });
    } catch (error) {
      hold.release();
      throw error;
    }
  });
  app.openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid('param');
    await deleteFile(db, c.get('caller').owner, id);
    return c.json({ id, object: 'file' as const, deleted: true as const }, 200);
  });
  return app;
}

/** PostgreSQL's `text` takes any UTF-8 but U+0000. */
function decode(bytes: ArrayBuffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PoolError('bad-request', 'The file is not UTF-8.', { data: { param: 'file' } });
  }
  if (text.includes('\0')) throw new PoolError('bad-request', 'The file is not a text.', { data: { param: 'file' } });
  return text;
}

const tooLarge = ({ fileBytes }: BatchLimits): PoolError =>
  new PoolError('too-large', `A file may have at most ${fileBytes} bytes.`, { data: { param: 'file' } });
