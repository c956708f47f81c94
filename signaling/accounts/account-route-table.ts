// Descriptions of the routes for what an account has, for their handlers and for the OpenAPI document.
import { createRoute } from '@hono/zod-openapi';
import {
  accountSchema,
  claimSchema,
  doneSchema,
  keyLabelSchema,
  keysSchema,
  newKeySchema,
  peersSchema,
  webhookSecretSchema,
} from '../../protocol/http/account.ts';
import { keyPathSchema, peerPathSchema, statementQuerySchema } from '../../protocol/http/address.ts';
import { statementSchema } from '../../protocol/http/usage.ts';
import { LOGIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, bodyOf, fieldsOf, POOL_FAILURE } from '../http/describe-shapes.ts';

const owned = { tags: ['account'], security: LOGIN_ONLY };

export const readAccount = createRoute({
  method: 'get',
  path: '/account',
  ...owned,
  summary: 'Name, balance and peers',
  responses: { 200: answerOf(accountSchema, 'The account.'), ...POOL_FAILURE },
});

export const readStatement = createRoute({
  method: 'get',
  path: '/account/statement',
  ...owned,
  summary: 'What moved, newest first',
  request: { query: fieldsOf(statementQuerySchema) },
  responses: { 200: answerOf(statementSchema, 'A page of it.'), ...POOL_FAILURE },
});

export const createKey = createRoute({
  method: 'post',
  path: '/account/keys',
  ...owned,
  summary: 'Make an API key',
  request: { body: bodyOf(keyLabelSchema) },
  responses: { 201: answerOf(newKeySchema, 'The key, shown this once.'), ...POOL_FAILURE },
});

export const listKeys = createRoute({
  method: 'get',
  path: '/account/keys',
  ...owned,
  summary: 'List API keys',
  responses: { 200: answerOf(keysSchema, 'Without their secrets.'), ...POOL_FAILURE },
});

export const revokeKey = createRoute({
  method: 'delete',
  path: '/account/keys/{id}',
  ...owned,
  summary: 'Revoke an API key',
  request: { params: fieldsOf(keyPathSchema) },
  responses: { 200: answerOf(doneSchema, 'It counts no more.'), ...POOL_FAILURE },
});

export const claimPeer = createRoute({
  method: 'post',
  path: '/account/peers',
  ...owned,
  summary: 'Let a peer earn for this account',
  request: { body: bodyOf(claimSchema) },
  responses: { 200: answerOf(peersSchema, 'All peers of the account.'), ...POOL_FAILURE },
});

export const releasePeer = createRoute({
  method: 'delete',
  path: '/account/peers/{id}',
  ...owned,
  summary: 'Let a peer go',
  request: { params: fieldsOf(peerPathSchema) },
  responses: { 200: answerOf(peersSchema, 'All peers of the account.'), ...POOL_FAILURE },
});

export const rotateSecret = createRoute({
  method: 'post',
  path: '/account/webhook-secret',
  ...owned,
  summary: 'Make a new secret for webhooks',
  responses: {
    201: answerOf(webhookSecretSchema, 'Shown this once; what was signed with the old one is not signed again.'),
    ...POOL_FAILURE,
  },
});
