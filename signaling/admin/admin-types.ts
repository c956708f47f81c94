// What the routes of the server's owner need of the other rooms.
import type { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Accounts } from '../accounts/account-types.ts';
import type { OpenDatabase } from '../db/open-database.ts';
import type { JobDispatcher } from '../jobs/job-dispatcher.ts';
import type { ModelReader } from '../models/model-reader.ts';
import type { PoolStore } from '../pools/pool-types.ts';
import type { LiveRoster } from '../roster/live-roster.ts';
import type { AdminAccess } from './admin-access.ts';
import type { AdminActs } from './admin-acts.ts';
import type { Invites } from './invites.ts';
import type { ServerSettings } from './server-settings.ts';

/** The tabs that are connected. */
export interface ConnectedPeers {
  /** By id. */
  peers(): readonly PeerId[];
  /** Tells it why, and lets go of it. */
  ban(peer: PeerId, why: PoolError): void;
}

export interface AdminOptions {
  access: AdminAccess;
  acts: AdminActs;
  settings: ServerSettings;
  invites: Invites;
  accounts: Accounts;
  database: Pick<OpenDatabase, 'db' | 'kind' | 'dump'>;
  pools: Pick<PoolStore, 'find' | 'ensure' | 'update' | 'remove'>;
  roster: Pick<LiveRoster, 'lentTo' | 'pool'>;
  jobs: Pick<JobDispatcher, 'stop'>;
  control: ConnectedPeers;
  readManifest: ModelReader['manifest'];
  publicUrl?: string | undefined;
  /** Proxies in front whose X-Forwarded-For is believed. */
  trustedProxies: number;
}
