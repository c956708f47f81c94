// Who asks below /api/account: a person with an account and a login.
import type { Context } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { CallerEnv } from '../http/require-caller.ts';
import type { Account, AccountId, OwnerId } from '../ledger/owner.ts';
import type { Asker } from './account-types.ts';

export interface Person extends Asker {
  id: AccountId;
  account: Account;
  owner: OwnerId;
}

/** Behind `requireCaller`. Throws `login-required`. */
export function personOf(c: Context<CallerEnv>): Person {
  const { account, owner, login, confirm } = c.get('caller');
  if (!account || !login) throw new PoolError('login-required', 'This needs somebody who is logged in.');
  return { id: account.id, account, owner, login: login.id, confirm };
}
