// The routes of the server's owner as functions. Each throws `PoolError`; `not-found` is what everybody else is told.
import { PoolError } from '../../protocol/errors.ts';
import { doneSchema } from '../../protocol/http/account.ts';
import {
  type AdminAccount,
  type AdminAct,
  type AdminJob,
  type AdminSettings,
  type AdminSettingsChange,
  type AdminTab,
  adminAccountsSchema,
  adminActsSchema,
  adminJobsSchema,
  adminSettingsSchema,
  adminTabsSchema,
  type BannedPeer,
  bannedPeersSchema,
  type Invite,
  type InviteTerms,
  invitesSchema,
  type NewInvite,
  newInviteSchema,
  type ResetLink,
  resetLinkSchema,
} from '../../protocol/http/admin.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import { callApi } from '../state/call-api.ts';
import { mayBeLoggedIn, noteLogin } from '../state/login-hint.ts';
import { readFailure } from '../state/read-failure.ts';

const ROOT = '/api/admin';

/** A part of a list, and where the next one begins. */
export interface ListPage<Row> {
  rows: Row[];
  /** Null at the end. */
  next: string | null;
  /** The sum over all parts, where that is known. */
  total?: number;
}

export type ReadList<Row> = (after: string | undefined, signal?: AbortSignal) => Promise<ListPage<Row>>;

const done = async (path: string, method: 'POST' | 'DELETE', body?: unknown): Promise<void> => {
  await callApi(`${ROOT}${path}`, doneSchema, { method, body });
};

const listAddress = (list: string, after: string | undefined, more: Record<string, string> = {}): string =>
  `${ROOT}/${list}?${new URLSearchParams({ ...more, ...(after === undefined ? {} : { after }) })}`;

export async function logIn(token: string): Promise<void> {
  await done('/login', 'POST', { token });
  noteLogin(true, 'owner');
}

export async function logOut(): Promise<void> {
  await done('/logout', 'POST');
  noteLogin(false, 'owner');
}

/** Asks the server only where this browser has logged in before. */
export async function readSettings(signal?: AbortSignal): Promise<AdminSettings> {
  if (!mayBeLoggedIn('owner')) throw new PoolError('not-found', 'This browser is not the owner’s.');
  return callApi(`${ROOT}/settings`, adminSettingsSchema, { signal });
}

export const changeSettings = (change: AdminSettingsChange): Promise<AdminSettings> =>
  callApi(`${ROOT}/settings`, adminSettingsSchema, { method: 'PATCH', body: change });

export const readInvites = async (signal?: AbortSignal): Promise<Invite[]> =>
  (await callApi(`${ROOT}/invites`, invitesSchema, { signal })).invites;

export const makeInvite = (terms: InviteTerms): Promise<NewInvite> =>
  callApi(`${ROOT}/invites`, newInviteSchema, { method: 'POST', body: terms });

export const endInvite = (id: string): Promise<void> => done(`/invites/${encodeURIComponent(id)}`, 'DELETE');

/** By name; `q` is a part of one. */
export const accountList =
  (q: string): ReadList<AdminAccount> =>
  async (after, signal) => {
    const path = listAddress('accounts', after, q === '' ? {} : { q });
    const { accounts, next } = await callApi(path, adminAccountsSchema, { signal });
    return { rows: accounts, next };
  };

export const banAccount = (id: string, reason: string): Promise<void> =>
  done(`/accounts/${encodeURIComponent(id)}/ban`, 'POST', { reason });
export const unbanAccount = (id: string): Promise<void> => done(`/accounts/${encodeURIComponent(id)}/ban`, 'DELETE');

export const makeResetLink = (id: string): Promise<ResetLink> =>
  callApi(`${ROOT}/accounts/${encodeURIComponent(id)}/reset`, resetLinkSchema, { method: 'POST' });

export const readTabs: ReadList<AdminTab> = async (after, signal) => {
  const { tabs, next, total } = await callApi(listAddress('tabs', after), adminTabsSchema, { signal });
  return { rows: tabs, next, total };
};

export const readBannedPeers: ReadList<BannedPeer> = async (after, signal) => {
  const { peers, next } = await callApi(listAddress('peers/bans', after), bannedPeersSchema, { signal });
  return { rows: peers, next };
};

export const banPeer = (peer: PeerId, reason: string): Promise<void> => done(`/peers/${peer}/ban`, 'POST', { reason });
export const unbanPeer = (peer: PeerId): Promise<void> => done(`/peers/${peer}/ban`, 'DELETE');

export const readJobs: ReadList<AdminJob> = async (after, signal) => {
  const { jobs, next } = await callApi(listAddress('jobs', after), adminJobsSchema, { signal });
  return { rows: jobs, next };
};

export const endJob = (id: string): Promise<void> => done(`/jobs/${encodeURIComponent(id)}/end`, 'POST');

export const loadPool = (id: PoolId): Promise<void> => done(`/pools/${encodeURIComponent(id)}/load`, 'POST');
export const unloadPool = (id: PoolId): Promise<void> => done(`/pools/${encodeURIComponent(id)}/unload`, 'POST');
export const removePool = (id: PoolId): Promise<void> => done(`/pools/${encodeURIComponent(id)}`, 'DELETE');

export const readActs: ReadList<AdminAct> = async (after, signal) => {
  const { acts, next } = await callApi(listAddress('acts', after), adminActsSchema, { signal });
  return { rows: acts, next };
};

/** The archive, and the name that the server gave it. Takes as long as the data is large. */
export async function takeBackup(): Promise<{ archive: Blob; name: string }> {
  const response = await fetch(`${ROOT}/backup`, { method: 'POST', credentials: 'same-origin' });
  if (!response.ok) throw readFailure(await response.json().catch(() => undefined), response.status);
  const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { archive: await response.blob(), name: name ?? 'computepool.tgz' };
}
