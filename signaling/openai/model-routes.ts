// GET /v1/models and /v1/models/{id}: the pools as OpenAI lists models. Public, as the pools page is; but who shows a key asks
// whether it is good, too.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate, ModelEntry } from '../http/api-types.ts';
import { json, OPEN_AI_FAILURE } from '../http/describe-routes.ts';
import { findModel, nameModel } from './find-model.ts';

const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    computepool: z.object({ pool: z.string(), context_tokens: z.int().nullable() }),
  })
  .openapi('Model');

const listRoute = createRoute({
  method: 'get',
  path: '/models',
  tags: ['models'],
  summary: 'Pools that can be asked now',
  responses: {
    200: json(z.object({ object: z.literal('list'), data: z.array(modelSchema) }), 'All models.'),
    ...OPEN_AI_FAILURE,
  },
});

const oneRoute = createRoute({
  method: 'get',
  path: '/models/{id}',
  tags: ['models'],
  summary: 'One pool, by repository or by its whole id',
  request: { params: z.object({ id: z.string().max(400) }) },
  responses: { 200: json(modelSchema, 'The model.'), ...OPEN_AI_FAILURE },
});

export function createModelRoutes(models: () => readonly ModelEntry[], authenticate: Authenticate): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  // With and without an id.
  app.use('/models/*', async (c, next) => {
    if (c.req.header('authorization') !== undefined) await authenticate(c);
    await next();
  });
  app.openapi(listRoute, (c) => {
    const entries = models();
    const data = entries.map((entry) => toJson(entry, nameModel(entry)));
    return c.json({ object: 'list' as const, data }, 200);
  });
  app.openapi(oneRoute, (c) => {
    const { id } = c.req.valid('param');
    return c.json(toJson(findModel(models(), id), id), 200);
  });
  // The same with the slash as it is; the official client sends %2F.
  app.get('/models/:owner/:name/:slug?', (c) => {
    const { owner, name, slug } = c.req.param();
    const id = [owner, name, slug].filter((part) => part !== undefined).join('/');
    return c.json(toJson(findModel(models(), id), id));
  });
  return app;
}

const toJson = ({ pool, model, createdAt, contextTokens }: ModelEntry, id: string): z.infer<typeof modelSchema> => ({
  id,
  object: 'model',
  created: Math.floor(createdAt.getTime() / 1000),
  owned_by: model.repo.split('/')[0] ?? '',
  computepool: { pool, context_tokens: contextTokens ?? null },
});
