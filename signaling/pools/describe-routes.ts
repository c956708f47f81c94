// The schemas and addresses of `/api/pools`, as the API's own document shows them. No behaviour.
import { createRoute, z } from '@hono/zod-openapi';
import { dtypeSchema, peerIdSchema, repoSchema, revisionSchema, slugSchema } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { json, jsonBody, POOL_FAILURE, SECURITY } from '../http/describe-routes.ts';
import { MICROS_PER_CREDIT } from '../ledger/ledger-types.ts';

/** The protocol’s own rule, which is zod/mini and means nothing to the maker of the document. */
const matching = (schema: { safeParse(value: unknown): { success: boolean } }, what: string) =>
  z
    .string()
    .max(400)
    .refine((text) => schema.safeParse(text).success, what);

const micros = z
  .int()
  .min(0)
  .max(1000 * MICROS_PER_CREDIT);
const price = z.object({ promptMicros: micros, completionMicros: micros }).strict().openapi('PoolPrice', {
  description: 'Per token, in millionths of a credit.',
});

const changes = {
  stages: z.int().min(1).max(MAX_STAGES),
  recruit: z.boolean().openapi({ description: 'Whether peers that are not listed may be planned. Default true.' }),
  loaded: z.boolean().openapi({ description: 'Whether a coalition is formed. Default true.' }),
  maxContext: z.int().min(1).max(4_194_304),
  price,
};

const newPoolSchema = z
  .object({
    repo: matching(repoSchema, 'must be owner/name').openapi({ example: 'onnx-community/Qwen3-0.6B-ONNX' }),
    revision: matching(revisionSchema, 'must be a branch, tag or commit').optional(),
    dtype: z.enum(dtypeSchema.options),
    slug: matching(slugSchema, 'must be small letters, digits and hyphens')
      .optional()
      .openapi({ description: 'Names a further pool of the model, which lives beside its first one.' }),
    stages: changes.stages.optional(),
    recruit: changes.recruit.optional(),
    loaded: changes.loaded.optional(),
    maxContext: changes.maxContext.optional(),
    price: changes.price.optional(),
  })
  .strict()
  .openapi('NewPool');

const patchSchema = z
  .object({
    stages: changes.stages.nullable().optional(),
    recruit: changes.recruit.optional(),
    maxContext: changes.maxContext.optional(),
    price: changes.price.nullable().optional(),
  })
  .strict()
  .openapi('PoolPatch');

const poolSchema = z
  .looseObject({
    pool: z.string(),
    model: z.object({ repo: z.string(), revision: z.string(), dtype: z.string() }),
    peers: z.int(),
    state: z.enum(['empty', 'waiting', 'forming', 'ready']),
    reason: z.string(),
    isKept: z.boolean(),
    stages: z.int().nullable(),
    recruit: z.boolean(),
    loaded: z.boolean(),
    listedPeers: z.int(),
  })
  .openapi('Pool');

const stateSchema = z
  .looseObject({ pool: z.string(), lastEpoch: z.int(), waiting: z.int(), running: z.int() })
  .openapi('PoolState');

const id = z.object({
  id: z
    .string()
    .min(1)
    .max(400)
    .openapi({ description: '`repo@revision:dtype` or `repo@revision:dtype/slug`, percent-encoded.' }),
});
const peerParam = id.extend({ peer: z.string().max(64) });
const peerBody = z.object({ peer: matching(peerIdSchema, 'must be a peer id of 32 hex characters') }).strict();
const NO_CONTENT = { 204: { description: 'Done.' } };
const one = (description: string) => ({ 200: json(poolSchema, description), ...POOL_FAILURE });
const tags = ['pools'];

export const listRoute = createRoute({
  ...{ method: 'get', path: '/', tags, summary: 'All pools' },
  responses: { 200: json(z.object({ pools: z.array(poolSchema) }), 'Pools.'), ...POOL_FAILURE },
});
export const createPoolRoute = createRoute({
  ...{
    method: 'post',
    path: '/',
    tags,
    security: SECURITY,
    summary: 'Make a pool: the server reads the graph of its model',
  },
  request: { body: jsonBody(newPoolSchema) },
  responses: { 201: json(poolSchema, 'The pool.'), ...POOL_FAILURE },
});
export const readRoute = createRoute({
  ...{ method: 'get', path: '/{id}', tags, summary: 'One pool' },
  request: { params: id },
  responses: one('The pool.'),
});
export const stateRoute = createRoute({
  ...{
    method: 'get',
    path: '/{id}/state',
    tags,
    summary: 'Who is in a pool, what serves, what was predicted and came',
  },
  request: { params: id },
  responses: { 200: json(stateSchema, 'This moment.'), ...POOL_FAILURE },
});
export const updateRoute = createRoute({
  ...{ method: 'patch', path: '/{id}', tags, security: SECURITY, summary: 'Change one of your pools' },
  request: { params: id, body: jsonBody(patchSchema) },
  responses: one('The pool as it is now.'),
});
export const deleteRoute = createRoute({
  ...{ method: 'delete', path: '/{id}', tags, security: SECURITY, summary: 'Delete one of your pools' },
  request: { params: id },
  responses: { ...NO_CONTENT, ...POOL_FAILURE },
});
export const loadRoute = createRoute({
  ...{ method: 'post', path: '/{id}/load', tags, security: SECURITY, summary: 'Form a coalition again' },
  request: { params: id },
  responses: one('The pool as it is now.'),
});
export const unloadRoute = createRoute({
  ...{ method: 'post', path: '/{id}/unload', tags, security: SECURITY, summary: 'Retire the coalition and form none' },
  request: { params: id },
  responses: one('The pool as it is now.'),
});
export const addPeerRoute = createRoute({
  ...{ method: 'post', path: '/{id}/peers', tags, security: SECURITY, summary: 'List a peer' },
  request: { params: id, body: jsonBody(peerBody) },
  responses: one('The pool as it is now.'),
});
export const removePeerRoute = createRoute({
  ...{ method: 'delete', path: '/{id}/peers/{peer}', tags, security: SECURITY, summary: 'Take a peer off the list' },
  request: { params: peerParam },
  responses: one('The pool as it is now.'),
});
