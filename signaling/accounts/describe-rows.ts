// Rows of an account as `/api` writes them: a key, a login, a line of its statement.
import type { keysSchema, loginsSchema } from '../../protocol/http/account.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import type { statementSchema } from '../../protocol/http/usage.ts';
import type { StatementLine } from '../ledger/ledger-types.ts';
import type { ApiKeyInfo, LoginInfo } from './account-types.ts';
import { amountOf } from './describe-account.ts';

export const keyJson = ({
  id,
  label,
  prefix,
  createdAt,
  lastUsedAt,
}: ApiKeyInfo): Wire<typeof keysSchema>['keys'][number] => ({
  ...{ id, label, prefix },
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

/** @param own id of the login that asks. */
export const loginJson = (
  { createdAt, lastSeenAt, ...one }: LoginInfo,
  own: string,
): Wire<typeof loginsSchema>['logins'][number] => ({
  ...one,
  createdAt: createdAt.toISOString(),
  lastSeenAt: lastSeenAt.toISOString(),
  isThis: one.id === own,
});

export const lineJson = ({
  at,
  amountMicros,
  job,
  ...line
}: StatementLine): Wire<typeof statementSchema>['lines'][number] => ({
  ...line,
  at: at.toISOString(),
  ...amountOf(amountMicros),
  job: job ?? null,
});
