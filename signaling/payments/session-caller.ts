// Whoever shows the key of a paid session is that session, and pays with its deposit.
import { PoolError } from '../../protocol/errors.ts';
import type { Caller } from '../http/api-types.ts';
import { paidOwner } from '../ledger/owner.ts';
import type { Payments } from './payments.ts';
import { isSessionKey } from './session-keys.ts';

/** Undefined for another kind of key. Rejects with `not-logged-in` for one that is unknown, `deposit-spent` for one that is over. */
export const sessionCaller =
  (payments: Payments) =>
  (key: string): Promise<Caller> | undefined =>
    isSessionKey(key) ? findCaller(payments, key) : undefined;

async function findCaller(payments: Payments, key: string): Promise<Caller> {
  const session = await payments.bySecret(key);
  if (!session) throw new PoolError('not-logged-in', 'This session key is not known.');
  const confirm = async (): Promise<void> => {
    if (session.state !== 'live' || session.endAskedAt !== undefined) {
      throw new PoolError('deposit-spent', 'This session has ended, and what was left of its deposit went back.');
    }
  };
  return { owner: paidOwner(session.key), confirm };
}
