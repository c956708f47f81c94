// The routes of /api/account with which a person takes along what is kept of an account, and deletes it.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { credentialsSchema, removedAccountSchema } from '../../protocol/http/account.ts';
import { accountExportSchema, MAX_EXPORT_ROWS } from '../../protocol/http/account-export.ts';
import { LOGIN_ONLY } from '../http/describe-routes.ts';
import { answerOf, bodyOf, POOL_FAILURE } from '../http/describe-shapes.ts';
import { loginCookie } from '../http/login-cookie.ts';
import type { CallerEnv } from '../http/require-caller.ts';
import type { Ledger, StatementLine } from '../ledger/ledger-types.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { AccountRoutesOptions } from './account-routes-options.ts';
import { amountOf, describeAccount } from './describe-account.ts';
import { keyJson, lineJson, loginJson } from './describe-rows.ts';
import { placeOfCaller } from './login-routes.ts';
import { personOf } from './person-of.ts';

const owned = { tags: ['account'], security: LOGIN_ONLY };
/** As many as the ledger gives at once. */
const PAGE_LINES = 200;

const exportAccount = createRoute({
  method: 'get',
  path: '/account/export',
  ...owned,
  summary: 'All that is kept of the account, as a file',
  responses: { 200: answerOf(accountExportSchema, 'Without secrets.'), ...POOL_FAILURE },
});

const removeAccount = createRoute({
  method: 'post',
  path: '/account/removal',
  ...owned,
  summary: 'Delete the account for good: its credits go back to the issuer, its name is erased',
  request: { body: bodyOf(credentialsSchema) },
  responses: { 200: answerOf(removedAccountSchema, 'It is gone; the answer ends the cookie.'), ...POOL_FAILURE },
});

/** Adds them to the app of /api/account, which sees to it who asks. */
export function addOwnDataRoutes(app: OpenAPIHono<CallerEnv>, options: AccountRoutesOptions): void {
  const { accounts, ledger, publicUrl, trustedProxies = 0, clock = () => new Date() } = options;

  app.openapi(exportAccount, async (c) => {
    const { id, account, owner, login } = personOf(c);
    const [described, keys, logins, lines, kept] = await Promise.all([
      describeAccount(account, options),
      accounts.listKeys(id),
      accounts.listLogins(id),
      readLines(ledger, owner),
      options.keptOf(account),
    ]);
    c.header('Content-Disposition', 'attachment; filename="computepool-account.json"');
    return c.json(
      {
        ...{ exportedAt: clock().toISOString(), account: described, keys: keys.map(keyJson) },
        ...{ logins: logins.map((each) => loginJson(each, login)), statement: lines.map(lineJson), ...kept },
      },
      200,
    );
  });
  app.openapi(removeAccount, async (c) => {
    const person = personOf(c);
    const returnedMicros = await accounts.remove(person.account, person, c.req.valid('json'), {
      place: placeOfCaller(c, trustedProxies),
      erase: (transaction) => options.forget.erase(transaction, person.owner),
    });
    loginCookie(publicUrl).clear(c);
    await options.forget.gone(person.id);
    return c.json({ returned: amountOf(returnedMicros) }, 200);
  });
}

/** Newest first, up to what an export has. */
async function readLines(ledger: Pick<Ledger, 'statementOf'>, owner: OwnerId): Promise<StatementLine[]> {
  const lines: StatementLine[] = [];
  for (;;) {
    const before = lines.at(-1)?.eventId;
    const page = await ledger.statementOf(owner, before ? { limit: PAGE_LINES, before } : { limit: PAGE_LINES });
    lines.push(...page);
    // The ledger keeps an event's two lines on one page, which may make it one shorter.
    if (page.length < PAGE_LINES - 1 || lines.length >= MAX_EXPORT_ROWS) return lines.slice(0, MAX_EXPORT_ROWS);
  }
}
