// The door of /api/admin: the server's owner logs in, decides, makes codes, takes a backup and reads what was done. Whatever changes
// something is written down before it is done.
import { OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import type { AdminSettingsChange, adminSettingsSchema } from '../../protocol/http/admin.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import { boundJson } from '../http/bound-json.ts';
import { adminCookie } from '../http/login-cookie.ts';
import * as routes from './admin-route-table.ts';
import type { AdminOptions } from './admin-types.ts';
import type { InviteInfo } from './invites.ts';
import { addPeopleRoutes } from './people-routes.ts';
import { nowhere, requireOwner } from './require-owner.ts';
import { addWorkRoutes } from './work-routes.ts';

const DONE = { ok: true as const };
const JSON_DEPTH = 8;
const BODY_BYTES = 16 * 1024;

/** @example app.route('/api/admin', createAdminRoutes({ access, acts, settings, invites, … })); */
export function createAdminRoutes(options: AdminOptions): OpenAPIHono {
  const { access, acts, settings, invites, database, pools, publicUrl } = options;
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  const cookie = adminCookie(publicUrl);
  const required = requireOwner(options);
  app.use('*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    return c.req.method === 'POST' && c.req.path.endsWith('/admin/login') ? next() : required(c, next);
  });
  app.use('*', ...boundJson({ bodyBytes: BODY_BYTES, jsonDepth: JSON_DEPTH }));

  const tellSettings = (): Wire<typeof adminSettingsSchema> => ({
    ...settings.current(),
    configured: settings.configured,
    database: database.kind,
  });
  /** A model that is made the default is one that can be read, and has a pool. */
  const keepModel = async ({ model }: AdminSettingsChange, signal: AbortSignal): Promise<void> => {
    if (!model) return;
    const manifest = pools.find(poolIdOf(model))
      ? undefined
      : await options.readManifest(model, { address: undefined, owner: 'server' }, signal);
    if (manifest) await pools.ensure(model, { manifest });
  };

  app.openapi(
    routes.logIn,
    async (c) => {
      if (!(await access.isOwner(c.req.valid('json').token))) throw nowhere();
      await acts.during({ act: 'log-in' }, async () => {
        const { session, expiresAt } = await access.openSession();
        cookie.set(c, session, expiresAt);
      });
      return c.json(DONE, 200);
    },
    (result) => {
      if (result.success) return undefined;
      throw nowhere();
    },
  );
  app.openapi(routes.logOut, async (c) => {
    await acts.during({ act: 'log-out' }, async () => {
      const session = cookie.read(c);
      if (session !== undefined) await access.endSession(session);
    });
    cookie.clear(c);
    return c.json(DONE, 200);
  });
  app.openapi(routes.readSettings, (c) => c.json(tellSettings(), 200));
  app.openapi(routes.changeSettings, async (c) => {
    const change = c.req.valid('json');
    await acts.during({ act: 'change-settings', detail: JSON.stringify(change) }, async () => {
      await keepModel(change, c.req.raw.signal);
      await settings.change(change);
    });
    return c.json(tellSettings(), 200);
  });
  app.openapi(routes.listInvites, async (c) => c.json({ invites: (await invites.list()).map(inviteJson) }, 200));
  app.openapi(routes.makeInvite, async (c) => {
    const terms = c.req.valid('json');
    const detail = JSON.stringify({ uses: terms.uses, days: terms.days });
    const { code, ...info } = await acts.during({ act: 'make-invite', detail }, () => invites.make(terms));
    return c.json({ ...inviteJson(info), code }, 201);
  });
  app.openapi(routes.endInvite, async (c) => {
    const { id } = c.req.valid('param');
    await acts.during({ act: 'end-invite', subject: id }, () => invites.end(id));
    return c.json(DONE, 200);
  });
  app.openapi(routes.backUp, async (c) => {
    const { dump } = database;
    if (!dump) {
      const sentence = 'This server keeps its data in PostgreSQL, which has a program of its own for that: pg_dump.';
      throw new PoolError('bad-request', sentence, { data: { next: 'Run pg_dump, and keep a copy of the seal key.' } });
    }
    const archive = await acts.during({ act: 'back-up' }, dump);
    const day = new Date().toISOString().slice(0, 10);
    return c.body(archive.stream(), 200, {
      ...{ 'Content-Type': 'application/gzip', 'Content-Length': String(archive.size) },
      'Content-Disposition': `attachment; filename="computepool-${day}.tgz"`,
    });
  });
  app.openapi(routes.listActs, async (c) => {
    const { limit, after } = c.req.valid('query');
    const list = await acts.list({ limit: limit + 1, after });
    const shown = list.slice(0, limit).map(({ id, at, ...act }) => ({ id: String(id), at: at.toISOString(), ...act }));
    return c.json({ acts: shown, next: list.length > limit ? (shown.at(-1)?.id ?? null) : null }, 200);
  });
  addPeopleRoutes(app, options);
  addWorkRoutes(app, options);
  return app;
}

const inviteJson = ({ createdAt, expiresAt, ...info }: InviteInfo) => ({
  ...info,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});
