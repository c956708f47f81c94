// Against a real HTTP server on a free port: what leaves the page and what comes back.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { callApi } from './call-api.ts';

let server: Server;
let origin = '';
/** Answers whose second half waits for the test. */
const halves: (() => void)[] = [];

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await readBody(request);
    if (request.url === '/echo') {
      response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'] ?? '', body }));
    } else if (request.url === '/empty') {
      response.writeHead(204).end();
    } else if (request.url === '/html') {
      response.writeHead(502).end('<html>');
    } else if (request.url === '/cut') {
      // More is promised than comes, and then the connection ends.
      response.writeHead(200, { 'Content-Length': 1000 }).write('{"method":');
      setImmediate(() => response.destroy());
    } else if (request.url === '/half') {
      response.writeHead(200).write('{"method":');
      halves.push(() => response.end('"GET","type":"","body":""}'));
    } else if (request.url === '/slow') {
      // Never answered: the caller gives up.
    } else {
      const error = { code: 'not-logged-in', message: 'Who are you?', next: 'Log in.' };
      response.writeHead(401).end(JSON.stringify({ error }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const echo = z.object({ method: z.string(), type: z.string(), body: z.string() });

test('a body goes out as JSON, none goes out without', async () => {
  const sent = await callApi(`${origin}/echo`, echo, { method: 'POST', body: { name: 'ann' } });
  expect(sent).toEqual({ method: 'POST', type: 'application/json', body: '{"name":"ann"}' });
  expect(await callApi(`${origin}/echo`, echo)).toEqual({ method: 'GET', type: '', body: '' });
});

test('no content parses as null', async () => {
  expect(await callApi(`${origin}/empty`, z.null(), { method: 'DELETE' })).toBeNull();
});

test('the server’s error is rebuilt', async () => {
  await expect(callApi(`${origin}/me`, echo)).rejects.toMatchObject({ code: 'not-logged-in', message: 'Who are you?' });
});

test('another’s error page becomes a typed one', async () => {
  await expect(callApi(`${origin}/html`, echo)).rejects.toMatchObject({ code: 'shutting-down' });
});

test('an answer that does not fit is refused', async () => {
  await expect(callApi(`${origin}/echo`, z.object({ id: z.string() }))).rejects.toMatchObject({ code: 'bad-message' });
});

test('a server that is not there is no internal error', async () => {
  await expect(callApi('http://127.0.0.1:1/x', echo)).rejects.toMatchObject({ code: 'link-failed' });
});

test('giving up is `cancelled`', async () => {
  const controller = new AbortController();
  const call = callApi(`${origin}/slow`, echo, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
});

test('a connection that ends in the middle of an answer is no strange answer', async () => {
  await expect(callApi(`${origin}/cut`, echo)).rejects.toMatchObject({ code: 'link-failed' });
});

test('giving up in the middle of an answer is `cancelled`, too', async () => {
  const controller = new AbortController();
  const call = callApi(`${origin}/half`, echo, { signal: controller.signal });
  await expect.poll(() => halves.length).toBe(1);
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
});

test('an answer that comes in halves is read whole', async () => {
  const call = callApi(`${origin}/half`, echo);
  await expect.poll(() => halves.length).toBe(2);
  halves[1]!();
  expect(await call).toEqual({ method: 'GET', type: '', body: '' });
});
