import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { boundJson } from './bound-json.ts';
import { openTestSite, type TestSite } from './test-site.ts';

let site: TestSite;

beforeAll(async () => {
  const app = new Hono();
  app.use('*', ...boundJson({ bodyBytes: 100, jsonDepth: 3 }));
  app.all('*', async (c) => c.json({ method: c.req.method, got: await c.req.json().catch(() => null) }));
  app.onError((error, c) => c.json({ code: PoolError.from(error).code }, PoolError.from(error).status as 400));
  site = await openTestSite(app);
});

afterAll(() => site.close());

/** A body in parts, whose length is not told. */
const inParts = (...parts: string[]): RequestInit & { duplex: 'half' } => ({
  body: new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  }),
  duplex: 'half',
});

async function send(method: string, init: RequestInit = {}): Promise<[number, unknown]> {
  const response = await fetch(site.url, { method, ...init });
  return [response.status, await response.json()];
}

test('a body of told or untold length is read whole', async () => {
  expect(await send('POST', { body: '{"a":[1]}' })).toEqual([200, { method: 'POST', got: { a: [1] } }]);
  expect(await send('POST', inParts('{"a":', '"é', '"}'))).toEqual([200, { method: 'POST', got: { a: 'é' } }]);
});

test('no body is no error', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) expect(await send(method)).toEqual([200, { method, got: null }]);
});

test('too large or too deep is refused, told or untold', async () => {
  expect(await send('POST', { body: 'x'.repeat(101) })).toEqual([413, { code: 'too-large' }]);
  expect(await send('POST', inParts('x'.repeat(60), 'x'.repeat(60)))).toEqual([413, { code: 'too-large' }]);
  expect(await send('POST', { body: '[[[[]]]]' })).toEqual([400, { code: 'bad-request' }]);
});
