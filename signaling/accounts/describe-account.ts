// An account as `/api` writes it: who it is, what it has, which peers earn for it.
import type { accountSchema } from '../../protocol/http/account.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { type Account, accountOwner } from '../ledger/owner.ts';
import type { Accounts } from './account-types.ts';

interface Sources {
  accounts: Pick<Accounts, 'peersOf'>;
  ledger: Pick<Ledger, 'balanceOf'>;
}

export async function describeAccount(
  account: Account,
  { accounts, ledger }: Sources,
): Promise<Wire<typeof accountSchema>> {
  const { availableMicros, heldMicros } = await ledger.balanceOf(accountOwner(account.id));
  return {
    id: account.id,
    name: account.name,
    createdAt: account.createdAt.toISOString(),
    balance: { available: amountOf(availableMicros), held: amountOf(heldMicros) },
    peers: await accounts.peersOf(account.id),
  };
}

/** For people, and to compute with. */
export const amountOf = (micros: number): { credits: string; micros: number } => ({
  credits: formatCredits(micros),
  micros,
});
