// Whether a page offers to change a pool. Pure. The server decides in the end; this only spares useless buttons.
import type { AccountInfo } from '../state/account-schemas.ts';
import type { PoolInfo } from './pool-schemas.ts';

type Owned = Pick<PoolInfo, 'isKept' | 'createdBy'>;

/** True for the account that made it. Where the server does not say who did, anybody who is logged in may try. */
export function mayChange({ isKept, createdBy }: Owned, account: Pick<AccountInfo, 'id'> | undefined): boolean {
  if (!account || !isKept) return false;
  return createdBy === undefined || createdBy === account.id;
}
