import { once } from 'node:events';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../protocol/errors.ts';
import { answerError } from './answer-error.ts';
import { boundBody } from './bound-body.ts';
import { openTestSite, type TestSite } from './test-site.ts';

const MOST = 1000;
const logged = vi.fn();
const answered: ErrorCode[] = [];
let site: TestSite;
beforeAll(async () => {
  const app = new Hono();
  app.post('/v1/echo', boundBody(MOST), async (c) => c.json({ size: (await c.req.arrayBuffer()).byteLength }));
  app.onError(answerError({ logger: { error: logged }, onAnswered: (code) => void answered.push(code) }));
  site = await openTestSite(app);
});
afterAll(() => site.close());
const printed = vi.spyOn(console, 'error');
afterEach(() => {
  answered.length = 0;
});

const post = (body: BodyInit): Promise<Response> =>
  fetch(`${site.url}/v1/echo`, { method: 'POST', body, ...(typeof body === 'string' ? {} : { duplex: 'half' }) });

/** A body of no told length. */
const streamOf = (bytes: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (let left = bytes; left > 0; left -= 100) controller.enqueue(new Uint8Array(Math.min(100, left)));
      controller.close();
    },
  });

describe('boundBody', () => {
  test.each([0, 1, MOST])('%i bytes come through, told or not', async (size) => {
    expect(await (await post('x'.repeat(size))).json()).toEqual({ size });
    expect(await (await post(streamOf(size))).json()).toEqual({ size });
  });

  test('one more is refused, told or not', async () => {
    for (const body of ['x'.repeat(MOST + 1), streamOf(MOST + 1)]) {
      const answer = await post(body);
      expect([answer.status, (await answer.json()).error.code]).toEqual([413, 'request_too_large']);
    }
  });

  test.each([true, false])(
    'A14: uploads that are broken off are told to nobody as a fault (length told: %s)',
    async (isTold) => {
      const { port, hostname } = new URL(site.url);
      const length = isTold ? 'Content-Length: 900' : 'Transfer-Encoding: chunked';
      const uploads = Array.from({ length: 20 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(`POST /v1/echo HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n5\r\nabcde\r\n`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        socket.destroy();
      });
      await Promise.all(uploads);
      await expect.poll(() => answered).toHaveLength(20);
      expect(new Set(answered)).toEqual(new Set(['cancelled']));
      expect(logged).not.toHaveBeenCalled();
      expect(printed).not.toHaveBeenCalled();
      expect((await post('ok')).status).toBe(200);
    },
  );
});
