// The document that clients and people read: complete, valid where a reader would stumble, and the same as what is served.
import { OpenAPIHono } from '@hono/zod-openapi';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createAccountRoutes } from '../accounts/account-routes.ts';
import { createBatchRoutes } from '../batches/batch-routes.ts';
import { createOpenAiRoutes } from '../openai/open-ai-routes.ts';
import { ScriptedJobService } from '../openai/scripted-job-service.ts';
import { createProgramUsageRoutes } from '../openai/usage-routes.ts';
import { createAuthenticate } from './authenticate.ts';
import { serveOpenApiDocument } from './open-api-document.ts';
import { TEST_ACCOUNTS, TEST_MODELS } from './test-site.ts';

const logger = pino({ level: 'silent' });

async function readDocument() {
  const app = new OpenAPIHono();
  const authenticate = createAuthenticate(TEST_ACCOUNTS);
  const group = createBatchRoutes({ db: {} as never, authenticate });
  const jobs = new ScriptedJobService();
  const receiptsOf = async () => ({ stages: [] });
  const shared = { jobs, models: () => TEST_MODELS, authenticate, receiptsOf, logger, trustedProxies: 0 };
  const none = {} as never;
  const usage = createProgramUsageRoutes({ authenticate, jobs: none, ledger: none });
  app.route('/v1', createOpenAiRoutes({ ...shared, groups: [usage, group] }));
  app.route(
    '/api',
    createAccountRoutes({
      accounts: none,
      authenticate,
      ledger: none,
      isSignedForUs: none,
      rotateWebhookSecret: none,
      endWorkOf: none,
      keptOf: none,
      forget: none,
    }),
  );
  serveOpenApiDocument(app, { version: '1.2.3' });
  const response = await app.request('/openapi.json');
  expect(response.status).toBe(200);
  return response.json();
}

test('every route of every group is in it, under its whole path', async () => {
  const { openapi, info, paths } = await readDocument();
  expect([openapi, info.version]).toEqual(['3.1.0', '1.2.3']);
  const routes = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.sort()).toEqual([
    'delete /api/account/keys/{id}',
    'delete /api/account/logins',
    'delete /api/account/logins/{id}',
    'delete /api/account/peers/{id}',
    'delete /v1/files/{id}',
    'get /api/account',
    'get /api/account/export',
    'get /api/account/keys',
    'get /api/account/logins',
    'get /api/account/statement',
    'get /v1/batches',
    'get /v1/batches/{id}',
    'get /v1/computepool/jobs/{id}',
    'get /v1/computepool/receipts/{id}',
    'get /v1/computepool/usage',
    'get /v1/files',
    'get /v1/files/{id}',
    'get /v1/files/{id}/content',
    'get /v1/models',
    'get /v1/models/{id}',
    'post /api/account',
    'post /api/account/keys',
    'post /api/account/login',
    'post /api/account/login/again',
    'post /api/account/logout',
    'post /api/account/password',
    'post /api/account/peers',
    'post /api/account/removal',
    'post /api/account/reset',
    'post /api/account/webhook-secret',
    'post /v1/batches',
    'post /v1/batches/{id}/cancel',
    'post /v1/chat/completions',
    'post /v1/completions',
    'post /v1/files',
  ]);
});

test('references lead somewhere, ids in paths are declared, security schemes exist', async () => {
  const document = await readDocument();
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
  expect(Object.keys(document.components.securitySchemes).sort()).toEqual(['admin', 'bearer', 'ownerToken', 'session']);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods as object).map((operation) => ({ path, operation })),
  );
  for (const { path, operation } of operations) {
    const declared = (operation.parameters ?? []).filter((each: { in: string }) => each.in === 'path');
    expect(declared).toHaveLength([...path.matchAll(/\{/g)].length);
    expect(operation.summary).toBeTruthy();
    expect(Object.keys(operation.responses)).toContain('default');
  }
});

test('what the extensions are is said where they are', async () => {
  const { components } = await readDocument();
  const { properties } = components.schemas.ChatCompletionRequest;
  for (const name of ['mode', 'dry_run', 'drafting', 'top_k'])
    expect(properties[name].description).toContain('Extension');
  expect(components.schemas.BatchRequest.properties.webhook.description).toContain('Extension');
});
