// Descriptions of the routes under /api/account, for their handlers and for the OpenAPI document.
import { createRoute, z } from '@hono/zod-openapi';
import { json, jsonBody, POOL_FAILURE, SECURITY } from '../http/describe-routes.ts';
import {
  accountSchema,
  claimSchema,
  credentialsSchema,
  keyInfoSchema,
  newKeyBodySchema,
  newKeySchema,
  okSchema,
  peerParamSchema,
  peersSchema,
  statementQuerySchema,
  statementSchema,
} from './account-schema.ts';

const tags = ['account'];
const owned = { tags, security: SECURITY };

export const register = createRoute({
  method: 'post',
  path: '/account',
  tags,
  summary: 'Open an account and log in',
  request: { body: jsonBody(credentialsSchema) },
  responses: { 201: json(accountSchema, 'The account; the answer sets the cookie.'), ...POOL_FAILURE },
});

export const logIn = createRoute({
  method: 'post',
  path: '/account/login',
  tags,
  summary: 'Log in',
  request: { body: jsonBody(credentialsSchema) },
  responses: { 200: json(accountSchema, 'The account; the answer sets the cookie.'), ...POOL_FAILURE },
});

export const logOut = createRoute({
  method: 'post',
  path: '/account/logout',
  tags,
  summary: 'Log out',
  responses: { 200: json(okSchema, 'The session has ended.'), ...POOL_FAILURE },
});

export const readAccount = createRoute({
  method: 'get',
  path: '/account',
  ...owned,
  summary: 'Name, balance and peers',
  responses: { 200: json(accountSchema, 'The account.'), ...POOL_FAILURE },
});

export const readStatement = createRoute({
  method: 'get',
  path: '/account/statement',
  ...owned,
  summary: 'What moved, newest first',
  request: { query: statementQuerySchema },
  responses: { 200: json(statementSchema, 'A page of it.'), ...POOL_FAILURE },
});

export const createKey = createRoute({
  method: 'post',
  path: '/account/keys',
  ...owned,
  summary: 'Make an API key',
  request: { body: jsonBody(newKeyBodySchema) },
  responses: { 201: json(newKeySchema, 'The key, shown this once.'), ...POOL_FAILURE },
});

export const listKeys = createRoute({
  method: 'get',
  path: '/account/keys',
  ...owned,
  summary: 'List API keys',
  responses: { 200: json(z.object({ keys: z.array(keyInfoSchema) }), 'Without their secrets.'), ...POOL_FAILURE },
});

export const revokeKey = createRoute({
  method: 'delete',
  path: '/account/keys/{id}',
  ...owned,
  summary: 'Revoke an API key',
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: { 200: json(okSchema, 'It counts no more.'), ...POOL_FAILURE },
});

export const claimPeer = createRoute({
  method: 'post',
  path: '/account/peers',
  ...owned,
  summary: 'Let a peer earn for this account',
  request: { body: jsonBody(claimSchema) },
  responses: { 200: json(peersSchema, 'All peers of the account.'), ...POOL_FAILURE },
});

export const releasePeer = createRoute({
  method: 'delete',
  path: '/account/peers/{id}',
  ...owned,
  summary: 'Let a peer go',
  request: { params: peerParamSchema },
  responses: { 200: json(peersSchema, 'All peers of the account.'), ...POOL_FAILURE },
});

export const rotateSecret = createRoute({
  method: 'post',
  path: '/account/webhook-secret',
  ...owned,
  summary: 'Make a new secret for webhooks',
  responses: {
    201: json(
      z.object({ secret: z.string() }),
      'Shown this once; what was signed with the old one is not signed again.',
    ),
    ...POOL_FAILURE,
  },
});
