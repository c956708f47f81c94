// The account that this browser is logged in to, if any. Read from the server; no token is kept where scripts can see.

import type { AccountInfo } from '../../protocol/http/account.ts';
import { readAccount } from './account-api.ts';
import type { ShownError } from './show-error.ts';
import { useRemote } from './use-remote.ts';

export interface AccountState {
  status: 'loading' | 'logged-out' | 'logged-in' | 'failed';
  account?: AccountInfo;
  error?: ShownError;
  reload(): void;
}

/** With `everyMs` the balance is read again at that pace. */
export function useAccount(everyMs?: number): AccountState {
  const { value, error, loading, reload } = useRemote(readAccount, everyMs);
  if (error?.code === 'not-logged-in') return { status: 'logged-out', reload };
  if (value) return { status: 'logged-in', account: value, reload };
  if (loading) return { status: 'loading', reload };
  return { status: 'failed', error, reload };
}
