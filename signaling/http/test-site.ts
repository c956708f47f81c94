// For tests: a real HTTP server on a loopback port around an app, as main.ts would run it, with accounts that are only a list.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import OpenAI from 'openai';
import { pino } from 'pino';
import { poolIdOf } from '../../protocol/ids.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import { answerError } from './answer-error.ts';
import type { Authenticate, KeyHolder, ModelEntry } from './api-types.ts';
import type { CallerDirectory } from './authenticate.ts';
import { type GuardOptions, guardApp } from './guard-app.ts';

export const TEST_KEY = 'cp_test_ann';
export const OTHER_KEY = 'cp_test_bob';

const account = (name: string): Account => ({
  id: name as AccountId,
  name,
  createdAt: new Date('2026-01-01T00:00:00Z'),
});

/** Nothing ends here. */
const confirm = async (): Promise<void> => {};

const holder = (name: string): KeyHolder => ({ account: account(name), key: `key-${name}`, confirm });

/** Two accounts, `ann` and `bob`, each with a key; `ann` is logged in too. */
export const TEST_ACCOUNTS: CallerDirectory = {
  byKey: async (key) => ({ [TEST_KEY]: holder('ann'), [OTHER_KEY]: holder('bob') })[key],
  byLogin: async (token) =>
    token === 'session-ann'
      ? { account: account('ann'), login: { id: 'login-ann', provedAt: new Date() }, confirm }
      : undefined,
};

export const TEST_MODELS: ModelEntry[] = [
  {
    pool: poolIdOf({ repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' }),
    isConfigured: true,
    model: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
    contextTokens: 1024,
    version: 'abc',
  },
  {
    pool: poolIdOf({ repo: 'computepool/guide-4m', revision: 'main', dtype: 'fp32' }),
    model: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'fp32' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
  },
  {
    pool: poolIdOf({ repo: 'computepool/guide-4m', revision: 'main', dtype: 'fp32', slug: 'market' }),
    model: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'fp32' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
  },
];
export const TEST_MODEL = 'computepool/guide-4m';

/** An app with the guards, the callers and the errors of the real one; routes are mounted on it. */
export function createGuardedApp(
  authenticate?: Authenticate,
  config: Partial<GuardOptions['config']> = {},
  authenticateLogin?: Authenticate,
): OpenAPIHono {
  const app = new OpenAPIHono();
  const logger = pino({ level: 'silent' });
  const usual = { corsOrigins: '*' as const, ratePerMinute: 1_000_000, trustedProxies: 1 };
  guardApp(app, { config: { ...usual, ...config }, logger, authenticate, authenticateLogin });
  app.onError(answerError({ logger }));
  return app;
}

export interface TestSite {
  url: string;
  client: OpenAI;
  other: OpenAI;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: any app
export async function openTestSite(app: Hono<any>): Promise<TestSite> {
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientOf = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
  return {
    url,
    client: clientOf(TEST_KEY),
    other: clientOf(OTHER_KEY),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
