// What the routes of /api/account are given.
import type { accountExportSchema } from '../../protocol/http/account-export.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import type { Database } from '../db/open-database.ts';
import type { Authenticate, Confirm } from '../http/api-types.ts';
import type { IsSignedForUs } from '../http/signed-host.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import type { Account, AccountId, OwnerId } from '../ledger/owner.ts';
import type { LoginRoutesOptions } from './login-routes.ts';

export interface AccountRoutesOptions extends LoginRoutesOptions {
  /** Logins alone: `createLoginAuthenticate`. */
  authenticate: Authenticate;
  ledger: Pick<Ledger, 'balanceOf' | 'statementOf' | 'claim' | 'welcome'>;
  isSignedForUs: IsSignedForUs;
  /** Makes and keeps a new secret for an owner's webhooks; the old one counts no more. */
  rotateWebhookSecret(owner: OwnerId, confirm: Confirm): Promise<string>;
  /** What others keep of an account, for whoever takes a copy of it along. */
  keptOf(account: Account): Promise<Pick<Wire<typeof accountExportSchema>, 'jobs' | 'files' | 'pools'>>;
  forget: Forget;
}

/** How others forget an account that is deleted. */
export interface Forget {
  /** Within the transaction that deletes it. */
  erase(transaction: Database, owner: OwnerId): Promise<void>;
  /** Once it is gone. */
  gone(account: AccountId): Promise<void>;
}
