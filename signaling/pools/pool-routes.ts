// `/api/pools`: everybody reads, whoever made a pool changes it. Composes store, manifest reader and roster; the rules of
// who may do what are here.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { PoolSummary } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, type PoolId, peerIdSchema, poolIdOf } from '../../protocol/ids.ts';
import { throwIssue } from '../http/answer-error.ts';
import type { Authenticate, Caller } from '../http/api-types.ts';
import { boundJson } from '../http/bound-json.ts';
import { clientAddress, incomingOf } from '../http/client-address.ts';
import { addressOf, SMALL_BODY_BYTES } from '../http/rate-limit.ts';
import { checkRecentLogin } from '../http/require-recent-login.ts';
import type { ModelReader } from '../models/model-reader.ts';
import type { Pool } from '../roster/roster-state.ts';
import { describePoolState, NO_FIGURES, type PoolFigures } from './describe-pool-state.ts';
import { describePool, emptySummary, listPools, type PoolView } from './list-pools.ts';
import * as routes from './pool-route-table.ts';
import type { PoolPolicy, PoolStore } from './pool-types.ts';

export interface PoolRoutesOptions {
  store: PoolStore;
  readManifest: ModelReader['manifest'];
  authenticate: Authenticate;
  /** Proxies in front of this server whose X-Forwarded-For is believed. */
  trustedProxies: number;
  /** The account that earns with a peer: it may take its own peer off any list. */
  ownerOf(peer: PeerId): Promise<string | undefined>;
  /** Summaries as the control socket tells them. */
  summaries(): readonly PoolSummary[];
  /** The roster's own memory of a pool. */
  poolOf(id: PoolId): Pool | undefined;
  /** Queue, running jobs and what came of predictions. */
  figuresOf?(id: PoolId): PoolFigures | Promise<PoolFigures>;
}

/** Who joined on nobody's terms is not taken over by somebody's. */
const takesOver = (pool: PoolId): PoolError =>
  new PoolError('conflict', 'Tabs lend to this pool already: give yours a name of its own (slug).', { data: { pool } });

const NO_STORE = 'no-store';
const JSON_DEPTH = 8;

/**
 * @example
 * app.route('/api/pools', createPoolRoutes({ store, readManifest, authenticate, trustedProxies, ownerOf, summaries, poolOf }));
 */
export function createPoolRoutes(options: PoolRoutesOptions): OpenAPIHono {
  const { store, readManifest, authenticate } = options;
  const app = new OpenAPIHono({ defaultHook: throwIssue });
  const bounds = boundJson({ bodyBytes: SMALL_BODY_BYTES, jsonDepth: JSON_DEPTH });
  app.use('*', async (c, next) => {
    await next();
    c.res.headers.set('Cache-Control', NO_STORE);
  });
  for (const bound of bounds) {
    app.post('*', bound);
    app.patch('*', bound);
  }

  const view = (id: PoolId): PoolView => {
    const policy = store.find(id);
    const summary = options.summaries().find(({ pool }) => pool === id) ?? (policy && emptySummary(policy));
    if (!summary) throw new PoolError('not-found', 'There is no such pool.');
    return describePool(summary, policy);
  };
  const requireOwn = (id: string, caller: Caller): PoolPolicy => {
    const policy = store.find(id as PoolId);
    if (!policy) throw new PoolError('not-found', 'There is no such pool.');
    if (policy.createdBy === undefined) throw new PoolError('forbidden', 'This pool belongs to the server.');
    if (policy.createdBy !== caller.account?.id) throw new PoolError('forbidden', 'Another account made this pool.');
    return policy;
  };

  app.openapi(routes.listRoute, (c) => c.json({ pools: listPools(options.summaries(), store.list()) }, 200));
  app.openapi(routes.readRoute, (c) => c.json(view(c.req.valid('param').id as PoolId), 200));
  app.openapi(routes.stateRoute, async (c) => {
    const id = c.req.valid('param').id as PoolId;
    const pool = view(id);
    const figures = (await options.figuresOf?.(id)) ?? NO_FIGURES;
    return c.json({ ...pool, ...describePoolState(store.find(id), options.poolOf(id), figures) }, 200);
  });
  app.openapi(routes.createPoolRoute, async (c) => {
    const { account, confirm } = await authenticate(c);
    if (!account) throw new PoolError('forbidden', 'A pool needs an account that it belongs to.');
    const { repo, revision = 'main', dtype, slug, ...entry } = c.req.valid('json');
    const model = { repo, revision, dtype };
    const asked = poolIdOf({ ...model, slug });
    const refuseTakeover = (): void => {
      if (!store.find(asked) && options.poolOf(asked)?.peers.length) throw takesOver(asked);
    };
    refuseTakeover();
    const asker = { address: addressOf(c, options.trustedProxies), owner: account.id };
    const manifest = await readManifest(model, asker, c.req.raw.signal);
    refuseTakeover();
    const incoming = incomingOf(c);
    const from = incoming && clientAddress(incoming, options.trustedProxies);
    const { id } = await store.create(
      { ...entry, model: { ...model, slug }, manifest, createdBy: account.id, from },
      { confirm, isInUse: (pool) => (options.poolOf(pool)?.peers.length ?? 0) > 0 },
    );
    return c.json(view(id), 201, { Location: `/api/pools/${encodeURIComponent(id)}` });
  });
  app.openapi(routes.updateRoute, async (c) => {
    const caller = await authenticate(c);
    const { id, sponsor } = requireOwn(c.req.valid('param').id, caller);
    const patch = c.req.valid('json');
    // Strangers spend the account's credits by it for as long as it stands.
    if (patch.sponsor || (sponsor && patch.embedOrigins)) checkRecentLogin(caller.login, new Date());
    await store.update(id, patch, caller.confirm);
    return c.json(view(id), 200);
  });
  app.openapi(routes.deleteRoute, async (c) => {
    const caller = await authenticate(c);
    await store.remove(requireOwn(c.req.valid('param').id, caller).id, caller.confirm);
    return c.body(null, 204);
  });
  for (const [route, loaded] of [
    [routes.loadRoute, true],
    [routes.unloadRoute, false],
  ] as const) {
    app.openapi(route, async (c) => {
      const caller = await authenticate(c);
      const { id } = requireOwn(c.req.valid('param').id, caller);
      await store.update(id, { loaded }, caller.confirm);
      return c.json(view(id), 200);
    });
  }
  app.openapi(routes.addPeerRoute, async (c) => {
    const caller = await authenticate(c);
    const { id } = requireOwn(c.req.valid('param').id, caller);
    await store.addMember(id, c.req.valid('json').peer, caller.confirm);
    return c.json(view(id), 200);
  });
  app.openapi(routes.removePeerRoute, async (c) => {
    const caller = await authenticate(c);
    const { id, peer: shown } = c.req.valid('param');
    const peer = peerIdSchema.safeParse(shown);
    if (!peer.success) throw new PoolError('not-found', 'There is no such peer.');
    const isOwn = caller.account !== undefined && (await options.ownerOf(peer.data)) === caller.account.id;
    if (!isOwn) requireOwn(id, caller);
    await store.removeMember(id as PoolId, peer.data, caller.confirm);
    return c.json(view(id as PoolId), 200);
  });
  return app;
}
