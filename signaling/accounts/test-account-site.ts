// Accounts over HTTP as a browser and a program use them: real routes, accounts, ledger, batches and database. Used by tests only.

import type { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll } from 'vitest';
import { cancelBatchesOf } from '../batches/cancel-batches-of.ts';
import { eraseBatchesOf } from '../batches/erase-batches-of.ts';
import { rotateWebhookSecret } from '../batches/webhook-secrets.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { createAuthenticate, createLoginAuthenticate } from '../http/authenticate.ts';
import { signedForUs } from '../http/signed-host.ts';
import { expectDescribed } from '../http/test-answers.ts';
import { createGuardedApp, openTestSite, type TestSite } from '../http/test-site.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import type { AccountId } from '../ledger/owner.ts';
import { createProgramUsageRoutes } from '../openai/usage-routes.ts';
import { sealOfOpen } from '../seal/open-seal.ts';
import { createAccountRoutes } from './account-routes.ts';
import type { Accounts } from './account-types.ts';
import { createAccounts } from './create-accounts.ts';
import { CHEAP, freshName, PASSWORD, stoppedClock } from './test-account.ts';

/** Passwords are hashed slowly and the embedded database starts slowly, the more so beside other tests. */
export const SLOW_MS = 180_000;

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at field by field
  body: Record<string, any>;
  cookie: string;
  headers: Headers;
}

/** A browser that is logged in. */
export interface TestPerson {
  id: AccountId;
  name: string;
  /** Cookie and Origin, as a page of this site sends them. */
  asPage: { cookie: string; origin: string };
}

export class AccountSite {
  readonly clock = stoppedClock();
  database!: OpenDatabase;
  accounts!: Accounts;
  ledger!: Ledger;
  site!: TestSite;
  #app!: OpenAPIHono;
  #callers = 0;

  /** Call it once in a suite. */
  static set({ publicUrl }: { publicUrl?: string } = {}): AccountSite {
    const scene = new AccountSite();
    beforeAll(async () => {
      scene.database = await openDatabase({ memory: true });
      const { db } = scene.database;
      const { clock } = scene.clock;
      scene.ledger = createLedger(db, { welcomeMicros: 2_500_000, welcomesPerAddressPerDay: 1000 });
      scene.accounts = createAccounts(db, clock, CHEAP);
      const authenticate = createAuthenticate(scene.accounts, publicUrl);
      const authenticateLogin = createLoginAuthenticate(scene.accounts, publicUrl);
      const { accounts, ledger } = scene;
      scene.#app = createGuardedApp(authenticate, { publicUrl }, authenticateLogin);
      const routes = createAccountRoutes({
        ...{ accounts, ledger, authenticate: authenticateLogin, trustedProxies: 1, publicUrl, clock },
        isSignedForUs: signedForUs({ publicUrl, trustedProxies: 1, allowedHosts: ['127.0.0.1'] }),
        rotateWebhookSecret: (owner, confirm) => rotateWebhookSecret(db, sealOfOpen(db), owner, confirm),
        endWorkOf: (keys) => cancelBatchesOf(db, keys),
        keptOf: async () => ({ jobs: [], files: [], pools: [] }),
        forget: { erase: eraseBatchesOf, gone: async () => {} },
      });
      scene.#app.route('/api', routes);
      const jobs = { listOf: async () => [] };
      scene.#app.route('/v1', createProgramUsageRoutes({ authenticate, jobs, ledger }));
      scene.site = await openTestSite(scene.#app);
    }, SLOW_MS);
    afterAll(async () => {
      await scene.site.close();
      await scene.database.close();
    });
    return scene;
  }

  /** From here on requests come from another address: one test's tries do not count against another's. */
  nextAddress(): void {
    this.#callers += 1;
  }

  /** `path` is one below /api/account. Every answer must be what the document says. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.site.url}/api/account${path}`, {
      method,
      headers: {
        'x-forwarded-for': `203.0.113.${this.#callers % 250}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    const { status } = response;
    const answered = (await response.json()) as Answer['body'];
    expectDescribed(this.#app, { method, path: `/api/account${path}`, status, body: answered });
    return { status, body: answered, cookie, headers: response.headers };
  }

  /** What a program with this key is told of its account: a status and, if it is one, the balance. */
  async usage(key: string): Promise<number> {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${this.site.url}/v1/computepool/usage`, { headers })).status;
  }

  async newPerson(): Promise<TestPerson> {
    this.nextAddress();
    const name = freshName();
    const { body, cookie } = await this.call('POST', '', { name, password: PASSWORD });
    return { id: body.id as AccountId, name, asPage: this.#asPage(cookie) };
  }

  /** Another browser of the same person. */
  async logIn(
    { name }: Pick<TestPerson, 'name'>,
    password = PASSWORD,
    userAgent?: string,
  ): Promise<TestPerson['asPage']> {
    const headers: Record<string, string> = userAgent === undefined ? {} : { 'user-agent': userAgent };
    const { cookie } = await this.call('POST', '/login', { name, password }, headers);
    return this.#asPage(cookie);
  }

  async newKey(asPage: TestPerson['asPage'], label = 'ci'): Promise<{ id: string; key: string }> {
    const { id, key } = (await this.call('POST', '/keys', { label }, asPage)).body;
    return { id, key };
  }

  #asPage(cookie: string): TestPerson['asPage'] {
    return { cookie: cookie.split(';')[0] ?? '', origin: this.site.url };
  }
}
