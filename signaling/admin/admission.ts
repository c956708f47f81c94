// Whether somebody may open an account now: the owner's word, and a code where the owner asks for one.
import { PoolError } from '../../protocol/errors.ts';
import type { AdmitAccount } from '../accounts/account-types.ts';
import type { Invites } from './invites.ts';
import type { ServerSettings } from './server-settings.ts';

interface Sources {
  settings: Pick<ServerSettings, 'current'>;
  invites: Pick<Invites, 'check' | 'take'>;
}

/** For each registration one: asked before the password is hashed, and once more where the account is written. */
export const createAdmission =
  ({ settings, invites }: Sources): AdmitAccount =>
  async (invite, transaction) => {
    const { registration } = settings.current();
    if (registration === 'closed') throw new PoolError('registration-closed', 'New accounts are not opened here now.');
    if (registration !== 'invite') return;
    await (transaction ? invites.take(transaction, invite) : invites.check(invite));
  };
