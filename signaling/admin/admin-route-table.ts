// Descriptions of the routes of the server's owner, for their handlers and for the OpenAPI document.
import { createRoute } from '@hono/zod-openapi';
import { doneSchema } from '../../protocol/http/account.ts';
import { poolPathSchema } from '../../protocol/http/address.ts';
import {
  adminAccountsSchema,
  adminActsSchema,
  adminIdPathSchema,
  adminJobsSchema,
  adminPageQuerySchema,
  adminSearchQuerySchema,
  adminSettingsChangeSchema,
  adminSettingsSchema,
  adminTabsSchema,
  adminTokenSchema,
  bannedPeersSchema,
  banSchema,
  invitesSchema,
  inviteTermsSchema,
  newInviteSchema,
  resetLinkSchema,
} from '../../protocol/http/admin.ts';
import { ADMIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, bodyOf, fieldsOf, POOL_FAILURE } from '../http/describe-shapes.ts';

const tags = ['admin'];
const owned = { tags, security: ADMIN_ONLY };
const done = (what: string) => ({ 200: answerOf(doneSchema, what), ...POOL_FAILURE });
const id = fieldsOf(adminIdPathSchema);
const page = fieldsOf(adminPageQuerySchema);

export const logIn = createRoute({
  ...{ method: 'post', path: '/login', tags, summary: 'Log in with the owner’s token' },
  request: { body: bodyOf(adminTokenSchema) },
  responses: done('The answer sets the cookie.'),
});
export const logOut = createRoute({
  ...{ method: 'post', path: '/logout', ...owned, summary: 'Log out' },
  responses: done('The login has ended.'),
});
export const readSettings = createRoute({
  ...{ method: 'get', path: '/settings', ...owned, summary: 'What was decided, and what the command line says' },
  responses: { 200: answerOf(adminSettingsSchema, 'As it is now.'), ...POOL_FAILURE },
});
export const changeSettings = createRoute({
  ...{ method: 'patch', path: '/settings', ...owned, summary: 'Registration, welcome credits, the default model' },
  request: { body: bodyOf(adminSettingsChangeSchema) },
  responses: { 200: answerOf(adminSettingsSchema, 'As it is from now on.'), ...POOL_FAILURE },
});
export const listInvites = createRoute({
  ...{ method: 'get', path: '/invites', ...owned, summary: 'Invite codes that still open an account' },
  responses: { 200: answerOf(invitesSchema, 'Without the codes themselves.'), ...POOL_FAILURE },
});
export const makeInvite = createRoute({
  ...{ method: 'post', path: '/invites', ...owned, summary: 'Make an invite code' },
  request: { body: bodyOf(inviteTermsSchema) },
  responses: { 201: answerOf(newInviteSchema, 'The code, shown this once.'), ...POOL_FAILURE },
});
export const endInvite = createRoute({
  ...{ method: 'delete', path: '/invites/{id}', ...owned, summary: 'End an invite code' },
  request: { params: id },
  responses: done('It opens nothing any more.'),
});
export const listAccountsRoute = createRoute({
  ...{ method: 'get', path: '/accounts', ...owned, summary: 'Accounts, by name' },
  request: { query: fieldsOf(adminSearchQuerySchema) },
  responses: { 200: answerOf(adminAccountsSchema, 'A page of them.'), ...POOL_FAILURE },
});
export const banAccount = createRoute({
  ...{ method: 'post', path: '/accounts/{id}/ban', ...owned, summary: 'Ban an account, and its tabs' },
  request: { params: id, body: bodyOf(banSchema) },
  responses: done('It is let in no more.'),
});
export const unbanAccount = createRoute({
  ...{ method: 'delete', path: '/accounts/{id}/ban', ...owned, summary: 'Let an account in again' },
  request: { params: id },
  responses: done('It is let in.'),
});
export const makeReset = createRoute({
  ...{ method: 'post', path: '/accounts/{id}/reset', ...owned, summary: 'A link for a forgotten password' },
  request: { params: id },
  responses: { 201: answerOf(resetLinkSchema, 'It counts once, for a day.'), ...POOL_FAILURE },
});
export const listTabs = createRoute({
  ...{ method: 'get', path: '/tabs', ...owned, summary: 'Tabs that are connected' },
  request: { query: page },
  responses: { 200: answerOf(adminTabsSchema, 'A page of them, by id.'), ...POOL_FAILURE },
});
export const listBannedPeers = createRoute({
  ...{ method: 'get', path: '/peers/bans', ...owned, summary: 'Peers that are banned' },
  request: { query: page },
  responses: { 200: answerOf(bannedPeersSchema, 'A page of them.'), ...POOL_FAILURE },
});
export const banPeer = createRoute({
  ...{ method: 'post', path: '/peers/{id}/ban', ...owned, summary: 'Ban a peer' },
  request: { params: id, body: bodyOf(banSchema) },
  responses: done('It is let in no more.'),
});
export const unbanPeer = createRoute({
  ...{ method: 'delete', path: '/peers/{id}/ban', ...owned, summary: 'Let a peer in again' },
  request: { params: id },
  responses: done('It is let in.'),
});
export const listJobsRoute = createRoute({
  ...{ method: 'get', path: '/jobs', ...owned, summary: 'Jobs of everybody' },
  request: { query: page },
  responses: { 200: answerOf(adminJobsSchema, 'A page of them.'), ...POOL_FAILURE },
});
export const endJob = createRoute({
  ...{ method: 'post', path: '/jobs/{id}/end', ...owned, summary: 'End a job with what it has' },
  request: { params: id },
  responses: done('It ends.'),
});
export const loadPool = createRoute({
  ...{ method: 'post', path: '/pools/{id}/load', ...owned, summary: 'Let a pool serve, whoever made it' },
  request: { params: fieldsOf(poolPathSchema) },
  responses: done('Coalitions of it are formed.'),
});
export const unloadPool = createRoute({
  ...{ method: 'post', path: '/pools/{id}/unload', ...owned, summary: 'Let a pool rest, whoever made it' },
  request: { params: fieldsOf(poolPathSchema) },
  responses: done('The coalition that it has retires.'),
});
export const removePool = createRoute({
  ...{ method: 'delete', path: '/pools/{id}', ...owned, summary: 'Remove a pool that an account made' },
  request: { params: fieldsOf(poolPathSchema) },
  responses: done('It is gone.'),
});
export const backUp = createRoute({
  ...{ method: 'post', path: '/backup', ...owned, summary: 'A copy of all data, keys included (application/gzip)' },
  responses: { 200: { description: 'A tar archive, gzipped: `npm start -- --restore FILE`.' }, ...POOL_FAILURE },
});
export const listActs = createRoute({
  ...{ method: 'get', path: '/acts', ...owned, summary: 'What the owner has done' },
  request: { query: page },
  responses: { 200: answerOf(adminActsSchema, 'Newest first.'), ...POOL_FAILURE },
});
