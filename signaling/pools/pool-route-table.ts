// The routes under `/api/pools`, as the API's own document shows them. No behaviour.
import { createRoute } from '@hono/zod-openapi';
import { poolPathSchema, poolPeerPathSchema } from '../../protocol/http/address.ts';
import { poolSchema, poolsSchema } from '../../protocol/http/pool.ts';
import { newPoolSchema, poolPatchSchema, poolPeerSchema } from '../../protocol/http/pool-change.ts';
import { poolStateSchema } from '../../protocol/http/pool-state.ts';
import { LOGIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, bodyOf, fieldsOf, POOL_FAILURE } from '../http/describe-shapes.ts';

const id = fieldsOf(poolPathSchema);
const NO_CONTENT = { 204: { description: 'Done.' } };
const one = (description: string) => ({ 200: answerOf(poolSchema, description), ...POOL_FAILURE });
const tags = ['pools'];

export const listRoute = createRoute({
  ...{ method: 'get', path: '/', tags, summary: 'All pools' },
  responses: { 200: answerOf(poolsSchema, 'Pools.'), ...POOL_FAILURE },
});
export const createPoolRoute = createRoute({
  ...{
    method: 'post',
    path: '/',
    tags,
    security: LOGIN_ONLY,
    summary: 'Make a pool: the server reads the graph of its model',
  },
  request: { body: bodyOf(newPoolSchema) },
  responses: { 201: answerOf(poolSchema, 'The pool.'), ...POOL_FAILURE },
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
  responses: { 200: answerOf(poolStateSchema, 'This moment.'), ...POOL_FAILURE },
});
export const updateRoute = createRoute({
  ...{ method: 'patch', path: '/{id}', tags, security: LOGIN_ONLY, summary: 'Change one of your pools' },
  request: { params: id, body: bodyOf(poolPatchSchema) },
  responses: one('The pool as it is now.'),
});
export const deleteRoute = createRoute({
  ...{ method: 'delete', path: '/{id}', tags, security: LOGIN_ONLY, summary: 'Delete one of your pools' },
  request: { params: id },
  responses: { ...NO_CONTENT, ...POOL_FAILURE },
});
export const loadRoute = createRoute({
  ...{ method: 'post', path: '/{id}/load', tags, security: LOGIN_ONLY, summary: 'Form a coalition again' },
  request: { params: id },
  responses: one('The pool as it is now.'),
});
export const unloadRoute = createRoute({
  ...{
    method: 'post',
    path: '/{id}/unload',
    tags,
    security: LOGIN_ONLY,
    summary: 'Retire the coalition and form none',
  },
  request: { params: id },
  responses: one('The pool as it is now.'),
});
export const addPeerRoute = createRoute({
  ...{ method: 'post', path: '/{id}/peers', tags, security: LOGIN_ONLY, summary: 'List a peer' },
  request: { params: id, body: bodyOf(poolPeerSchema) },
  responses: one('The pool as it is now.'),
});
export const removePeerRoute = createRoute({
  ...{ method: 'delete', path: '/{id}/peers/{peer}', tags, security: LOGIN_ONLY, summary: 'Take a peer off the list' },
  request: { params: fieldsOf(poolPeerPathSchema) },
  responses: one('The pool as it is now.'),
});
