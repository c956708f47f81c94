// Descriptions of the routes with which a person minds the logins of an account, for their handlers and for the OpenAPI document.
import { createRoute } from '@hono/zod-openapi';
import {
  accountSchema,
  credentialsSchema,
  doneSchema,
  loginsSchema,
  passwordChangeSchema,
  passwordResetSchema,
  passwordSchema,
  registrationBodySchema,
} from '../../protocol/http/account.ts';
import { endingQuerySchema, loginPathSchema } from '../../protocol/http/address.ts';
import { LOGIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, bodyOf, fieldsOf, POOL_FAILURE } from '../http/describe-shapes.ts';

const tags = ['account'];
const owned = { tags, security: LOGIN_ONLY };

export const register = createRoute({
  method: 'post',
  path: '/account',
  tags,
  summary: 'Open an account and log in',
  request: { body: bodyOf(registrationBodySchema) },
  responses: { 201: answerOf(accountSchema, 'The account; the answer sets the cookie.'), ...POOL_FAILURE },
});

export const logIn = createRoute({
  method: 'post',
  path: '/account/login',
  tags,
  summary: 'Log in',
  request: { body: bodyOf(credentialsSchema) },
  responses: { 200: answerOf(accountSchema, 'The account; the answer sets the cookie.'), ...POOL_FAILURE },
});

export const logOut = createRoute({
  method: 'post',
  path: '/account/logout',
  tags,
  summary: 'Log out',
  responses: { 200: answerOf(doneSchema, 'The login has ended.'), ...POOL_FAILURE },
});

export const proveLogin = createRoute({
  method: 'post',
  path: '/account/login/again',
  ...owned,
  summary: 'Show the password once more, for what needs a recent login',
  request: { body: bodyOf(passwordSchema) },
  responses: { 200: answerOf(doneSchema, 'The login is recent for 15 minutes.'), ...POOL_FAILURE },
});

export const changePassword = createRoute({
  method: 'post',
  path: '/account/password',
  ...owned,
  summary: 'Change the password, which ends all other logins',
  request: { body: bodyOf(passwordChangeSchema) },
  responses: { 200: answerOf(doneSchema, 'It is changed; the answer sets the cookie anew.'), ...POOL_FAILURE },
});

export const resetPassword = createRoute({
  method: 'post',
  path: '/account/reset',
  tags,
  summary: 'A new password, by a link that the server’s owner made',
  request: { body: bodyOf(passwordResetSchema) },
  responses: { 200: answerOf(doneSchema, 'It is changed, and every login has ended.'), ...POOL_FAILURE },
});

export const listLogins = createRoute({
  method: 'get',
  path: '/account/logins',
  ...owned,
  summary: 'List logins',
  responses: { 200: answerOf(loginsSchema, 'The last seen first.'), ...POOL_FAILURE },
});

export const endLogin = createRoute({
  method: 'delete',
  path: '/account/logins/{id}',
  ...owned,
  summary: 'End one login',
  request: { params: fieldsOf(loginPathSchema), query: fieldsOf(endingQuerySchema) },
  responses: { 200: answerOf(doneSchema, 'It counts no more.'), ...POOL_FAILURE },
});

export const endLogins = createRoute({
  method: 'delete',
  path: '/account/logins',
  ...owned,
  summary: 'Log out everywhere',
  request: { query: fieldsOf(endingQuerySchema) },
  responses: { 200: answerOf(doneSchema, 'No login counts any more, this one included.'), ...POOL_FAILURE },
});
