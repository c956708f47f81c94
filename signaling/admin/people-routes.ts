// The owner's routes for whom there is: accounts, and peers as far as they are let in.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';
import { banned } from '../accounts/bans.ts';
import type { AccountId } from '../ledger/owner.ts';
import * as routes from './admin-route-table.ts';
import type { AdminOptions } from './admin-types.ts';
import { accountsOfPeers, listAccounts } from './list-accounts.ts';

const DONE = { ok: true as const };

/** Adds them to the app of /api/admin, which sees to it who asks. */
export function addPeopleRoutes(app: OpenAPIHono, options: AdminOptions): void {
  const { acts, accounts, roster, control } = options;
  const { db } = options.database;

  app.openapi(routes.listAccountsRoute, async (c) => {
    const { q, limit, after } = c.req.valid('query');
    const found = await listAccounts(db, { q, after, limit: limit + 1 });
    const shown = found.slice(0, limit).map(({ createdAt, ban, ...account }) => ({
      ...account,
      createdAt: createdAt.toISOString(),
      ban: ban && { reason: ban.reason, at: ban.at.toISOString() },
    }));
    return c.json({ accounts: shown, next: found.length > limit ? (shown.at(-1)?.name ?? null) : null }, 200);
  });
  app.openapi(routes.banAccount, async (c) => {
    const id = c.req.valid('param').id as AccountId;
    const { reason } = c.req.valid('json');
    await acts.during({ act: 'ban-account', subject: id, detail: reason }, () => accounts.banAccount(id, reason));
    for (const peer of await accounts.peersOf(id)) control.ban(peer, banned('account', reason));
    return c.json(DONE, 200);
  });
  app.openapi(routes.unbanAccount, async (c) => {
    const id = c.req.valid('param').id as AccountId;
    await acts.during({ act: 'unban-account', subject: id }, () => accounts.unbanAccount(id));
    return c.json(DONE, 200);
  });
  app.openapi(routes.makeReset, async (c) => {
    const id = c.req.valid('param').id as AccountId;
    const { token, expiresAt } = await acts.during({ act: 'make-reset-link', subject: id }, () =>
      accounts.makeReset(id),
    );
    return c.json({ token, expiresAt: expiresAt.toISOString() }, 201);
  });
  app.openapi(routes.listTabs, async (c) => {
    const { limit, after } = c.req.valid('query');
    const all = control.peers();
    const page = all.filter((peer) => after === undefined || peer > after).slice(0, limit + 1);
    const peers = page.slice(0, limit);
    const owners = await accountsOfPeers(db, peers);
    const tabs = peers.map((peer) => {
      const pool = roster.lentTo(peer);
      const member = pool && roster.pool(pool)?.peers.find((each) => each.peer === peer);
      const account = owners.get(peer) ?? null;
      return { peer, account, pool: pool ?? null, device: member ? member.capability.device : null };
    });
    return c.json({ tabs, total: all.length, next: page.length > limit ? (peers.at(-1) ?? null) : null }, 200);
  });
  app.openapi(routes.listBannedPeers, async (c) => {
    const { limit, after } = c.req.valid('query');
    const before = after === undefined ? undefined : new Date(after);
    if (before && Number.isNaN(before.getTime())) {
      throw new PoolError('bad-request', 'The place in the list is not one that was given out.');
    }
    const found = await accounts.listBannedPeers({ limit: limit + 1, before });
    const peers = found
      .slice(0, limit)
      .map(({ peer, reason, bannedAt }) => ({ peer, reason, at: bannedAt.toISOString() }));
    return c.json({ peers, next: found.length > limit ? (peers.at(-1)?.at ?? null) : null }, 200);
  });
  app.openapi(routes.banPeer, async (c) => {
    const peer = peerOf(c.req.valid('param').id);
    const { reason } = c.req.valid('json');
    await acts.during({ act: 'ban-peer', subject: peer, detail: reason }, () => accounts.banPeer(peer, reason));
    control.ban(peer, banned('device', reason));
    return c.json(DONE, 200);
  });
  app.openapi(routes.unbanPeer, async (c) => {
    const peer = peerOf(c.req.valid('param').id);
    await acts.during({ act: 'unban-peer', subject: peer }, () => accounts.unbanPeer(peer));
    return c.json(DONE, 200);
  });
}

/** Throws `bad-request`. */
function peerOf(text: string): PeerId {
  const peer = peerIdSchema.safeParse(text);
  if (!peer.success) throw new PoolError('bad-request', 'This is no peer’s id.');
  return peer.data;
}
