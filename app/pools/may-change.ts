// Whether a page offers to change a pool. Pure. The server decides in the end; this only spares useless buttons.
import type { AccountInfo } from '../../protocol/http/account.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';

/** True for the account that made it. The server's own pools, and those that a tab opened, were made by none. */
export const mayChange = (
  { createdBy }: Pick<PoolInfo, 'createdBy'>,
  account: Pick<AccountInfo, 'id'> | undefined,
): boolean => account !== undefined && createdBy === account.id;
