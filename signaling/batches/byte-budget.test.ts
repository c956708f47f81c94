// Bytes of uploads in memory: counted as they come, bounded over all and of each owner, given back whatever happens.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { forEachDatabase } from '../db/test-databases.ts';
import { OTHER_KEY, TEST_KEY } from '../http/test-site.ts';
import { ByteBudget } from './byte-budget.ts';
import { files } from './tables.ts';
import { BatchScene, WAIT } from './test-scene.ts';

vi.setConfig({ testTimeout: 180_000 });

const full = expect.objectContaining({ code: 'rate-limited', data: { retryAfterSeconds: 5 } });

describe('G16: a budget of bytes', () => {
  test('is shared: nobody has more than a part of it, and all together no more than all', () => {
    const budget = new ByteBudget({ memoryBytes: 100, ownerMemoryBytes: 60 });
    const [first, second] = [budget.open('a'), budget.open('a')];
    first.take(40);
    second.take(20);
    expect(() => second.take(1)).toThrow(full);
    const other = budget.open('b');
    other.take(40);
    expect(() => other.take(1)).toThrow(full);
    expect(budget.heldBytes).toBe(100);
    first.release();
    first.release();
    expect(budget.heldBytes).toBe(60);
    other.take(20);
    second.release();
    other.release();
    expect(budget.heldBytes).toBe(0);
    budget.open('c').take(60);
  });

  test('twelve uploads of the largest size at once hold no more than it has', () => {
    const [file, part] = [16 * 1024 * 1024, 64 * 1024];
    const budget = new ByteBudget({ memoryBytes: 80 * 1024 * 1024, ownerMemoryBytes: 40 * 1024 * 1024 });
    const uploads = Array.from({ length: 12 }, (_, index) => ({ hold: budget.open(`owner-${index % 4}`), left: file }));
    let most = 0;
    for (let going = uploads; going.length > 0; going = going.filter(({ left }) => left > 0)) {
      for (const upload of going) {
        try {
          upload.hold.take(part);
          upload.left -= part;
        } catch {
          upload.hold.release();
          upload.left = -1;
        }
        most = Math.max(most, budget.heldBytes);
      }
    }
    expect(most).toBeLessThanOrEqual(80 * 1024 * 1024);
    expect(uploads.filter(({ left }) => left === 0).length).toBeGreaterThanOrEqual(2);
  });
});

forEachDatabase('G16: uploads at once', (open) => {
  const MEMORY = 96 * 1024;
  const scene = BatchScene.set(open, { memoryBytes: MEMORY, ownerMemoryBytes: MEMORY / 2 });

  /** An upload that says it has more to send, and does not. */
  async function stalled(key: string, bytes: number): Promise<ClientRequest> {
    const headers = {
      authorization: `Bearer ${key}`,
      ...{ 'content-type': 'multipart/form-data; boundary=x', 'content-length': String(60 * 1024) },
    };
    const sent = request(`${scene.site.url}/v1/files`, { method: 'POST', headers });
    sent.on('error', () => {});
    await new Promise<void>((resolve) => sent.write('x'.repeat(bytes), () => resolve()));
    return sent;
  }
  const upload = (key: string, bytes: number): Promise<Response> => {
    const body = new FormData();
    body.set('purpose', 'batch');
    body.set('file', new File(['x'.repeat(bytes)], 'in.jsonl'));
    return fetch(`${scene.site.url}/v1/files`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body });
  };
  const refusal = async (response: Response) => {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return [response.status, Number(response.headers.get('retry-after')), error.code, error.message];
  };

  test('an owner beyond its share is told when to come back, the others go on; what is broken off is given back', async () => {
    const half = await stalled(TEST_KEY, 30 * 1024);
    const bounded = ['rate_limit_exceeded', expect.stringMatching(/^Your files under way are too large together\. /)];
    await vi.waitFor(async () => {
      expect(await refusal(await upload(TEST_KEY, 20 * 1024))).toEqual([429, 5, ...bounded]);
    }, WAIT);
    expect((await upload(OTHER_KEY, 20 * 1024)).status).toBe(200);
    half.destroy();
    await vi.waitFor(async () => expect((await upload(TEST_KEY, 20 * 1024)).status).toBe(200), WAIT);
    await scene.db.delete(files);
  });

  test('an upload that is under way is refused too when it gets more than there is room for', async () => {
    const first = await stalled(TEST_KEY, 30 * 1024);
    const second = await stalled(TEST_KEY, 10 * 1024);
    const answered = once(second, 'response') as Promise<[IncomingMessage]>;
    second.write('x'.repeat(30 * 1024));
    const [{ statusCode, headers }] = await answered;
    expect([statusCode, headers['retry-after'], headers.connection]).toEqual([429, '5', 'close']);
    for (const each of [first, second]) each.destroy();
    await vi.waitFor(async () => expect((await upload(TEST_KEY, 40 * 1024)).status).toBe(200), WAIT);
    await scene.db.delete(files);
  });

  test('a download counts as well, and is given back with its last byte', async () => {
    const text = 'y'.repeat(30 * 1024);
    const { id } = await scene.upload([text]);
    const download = () =>
      fetch(`${scene.site.url}/v1/files/${id}/content`, { headers: { authorization: `Bearer ${TEST_KEY}` } });
    const half = await stalled(TEST_KEY, 30 * 1024);
    await vi.waitFor(async () => {
      const [status, , code] = await refusal(await download());
      expect([status, code]).toEqual([429, 'rate_limit_exceeded']);
    }, WAIT);
    half.destroy();
    await vi.waitFor(async () => expect((await download()).status).toBe(200), WAIT);
    for (let time = 0; time < 3; time++) {
      const whole = await download();
      expect([whole.headers.get('content-length'), await whole.text()]).toEqual([String(text.length), text]);
    }
    await scene.db.delete(files);
  });
});
