// Where a new pool's manifest comes from: the site's own models, else the one hub, here a fake on a loopback port.

import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { Asker } from '../admission/turn-line.ts';
import { createModelReader, type ModelReader, type ModelReaderOptions } from './model-reader.ts';

const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
const ELSEWHERE: ModelRef = { ...MODEL, repo: 'else/where' };
const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 * 1024, retry: { attempts: 1 } } as never;

const ANN: Asker = { address: '10.0.0.1', owner: 'ann' };

const readers: ModelReader[] = [];
type ReadOne = (model: ModelRef, signal?: AbortSignal, asker?: Asker) => ReturnType<ModelReader['manifest']>;
function readerOf(options: ModelReaderOptions): ReadOne {
  const reader = createModelReader(options);
  readers.push(reader);
  return (model, signal, asker = ANN) => reader.manifest(model, asker, signal);
}

let dir: string;
const servers: Server[] = [];
/** A process begins within a second, on a machine that is busy within ten. */
const WAIT = { timeout: 30_000 };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'computepool-manifests-'));
});
afterAll(() => rm(dir, { recursive: true }));
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function hub(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const lost: RequestListener = (_, response) => void response.writeHead(404).end();

describe('the models of the site', () => {
  test('are read without the hub, another revision of them is not there', async () => {
    const { asked, url } = await hub(lost);
    const read = readerOf({ hubUrl: url, modelsDir: 'public/models', limits: LIMITS });
    expect((await read(MODEL)).layers).toBeGreaterThan(0);
    await expect(read({ ...MODEL, revision: 'v2' })).rejects.toMatchObject({ code: 'model-not-found' });
    expect(asked).toEqual([]);
  });

  test.each([
    ['no list', undefined],
    ['a list that is no JSON', '{'],
    ['a list of another form', '{"models":{"repo":"computepool/guide-4m"}}'],
    ['a list with holes', '{"models":[null,{"repo":"computepool/guide-4m"}]}'],
    ['null', 'null'],
  ])('%s sends the reader to the hub, and no further', async (name, text) => {
    const modelsDir = join(dir, name.replaceAll(' ', '-'));
    await mkdir(modelsDir);
    if (text !== undefined) await writeFile(join(modelsDir, 'index.json'), text);
    const { asked, url } = await hub(lost);
    const read = readerOf({ hubUrl: url, modelsDir, limits: LIMITS });
    await expect(read(MODEL)).rejects.toMatchObject({ code: 'model-not-found' });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((path) => path.startsWith('/computepool/guide-4m/'))).toBe(true);
  });

  test('are checked by the hashes of the list: a file that was exchanged is refused', async () => {
    const modelsDir = join(dir, 'exchanged');
    await cp('public/models/computepool/guide-4m', join(modelsDir, 'computepool/guide-4m'), { recursive: true });
    await cp('public/models/index.json', join(modelsDir, 'index.json'));
    const read = readerOf({ hubUrl: '/hub', modelsDir, limits: LIMITS });
    await expect(read(MODEL)).resolves.toHaveProperty('graphSha256');
    await writeFile(join(modelsDir, 'computepool/guide-4m/config.json'), '{"model_type":"evil"}');
    await expect(read(MODEL)).rejects.toMatchObject({ code: 'integrity-failed' });
  });
});

describe('a model of the hub', () => {
  test('is not there where the hub is a path of the site', async () => {
    const read = readerOf({ hubUrl: '/models', modelsDir: 'public/models' });
    await expect(read(ELSEWHERE)).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('that nobody waits for any more is given up, and its place is free again', async () => {
    const silent = await hub(() => {});
    const read = readerOf({ hubUrl: silent.url, limits: LIMITS });
    const aborts = Array.from({ length: 2 + 16 }, () => new AbortController());
    const readings = aborts.map(({ signal }) => read(ELSEWHERE, signal).catch((error: unknown) => error));
    await vi.waitFor(() => expect(silent.asked.length).toBeGreaterThanOrEqual(2), WAIT);
    await expect(read(ELSEWHERE)).rejects.toMatchObject({ code: 'rate-limited', data: { retryAfterSeconds: 5 } });
    for (const abort of aborts) abort.abort();
    for (const ended of await Promise.all(readings)) expect(ended).toMatchObject({ code: 'cancelled' });
    const again = new AbortController();
    again.abort();
    await expect(read(ELSEWHERE, again.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('G14: readings', () => {
  test('of one address take two places at most, and another’s begins at once', async () => {
    const silent = await hub(() => {});
    const read = readerOf({ hubUrl: silent.url, limits: LIMITS });
    const abort = new AbortController();
    setMaxListeners(64, abort.signal);
    const readings = Array.from({ length: 9 }, (_, index) =>
      read({ ...ELSEWHERE, repo: `evil/m${index}` }, abort.signal, { address: '10.0.0.2', owner: `e${index}` }),
    );
    readings.push(read({ ...ELSEWHERE, repo: 'good/model' }, abort.signal));
    const ended = Promise.allSettled(readings);
    const repos = () => new Set(silent.asked.map((path) => path.split('/').slice(1, 3).join('/')));
    await vi.waitFor(() => expect(repos()).toEqual(new Set(['evil/m0', 'evil/m1', 'good/model'])), WAIT);
    abort.abort();
    expect((await ended).every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('of a line that is full give way to an address that has none there', async () => {
    const silent = await hub(() => {});
    const read = readerOf({ hubUrl: silent.url, limits: LIMITS });
    const abort = new AbortController();
    setMaxListeners(64, abort.signal);
    const codes: string[] = [];
    const ask = (owner: string, address: string): Promise<void> =>
      read(ELSEWHERE, abort.signal, { address, owner }).then(
        () => {},
        ({ code }: PoolError) => void codes.push(`${owner} ${code}`),
      );
    const asked = Array.from({ length: 2 + 16 }, (_, index) => ask(`e${index}`, '10.0.0.2'));
    // The spare place, and then one in the line.
    asked.push(ask('ann', '10.0.0.1'), ask('bob', '10.0.0.3'));
    await vi.waitFor(() => expect(codes).toEqual(['e17 rate-limited']), WAIT);
    abort.abort();
    await Promise.all(asked);
    expect(codes).toContain('bob cancelled');
  });
});

/** The site's own files at a hub, some of them exchanged. */
async function hubWith(changes: Record<string, string>) {
  const types: RequestListener = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://hub').pathname.split('/main/')[1] ?? '';
    const own = `public/models/${MODEL.repo}/${path}`;
    const bytes = path in changes ? Buffer.from(changes[path]!) : existsSync(own) ? readFileSync(own) : undefined;
    if (bytes) serveBytes(request, response, bytes);
    else response.writeHead(404).end();
  };
  return hub(types);
}

function serveBytes(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) {
    response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    return;
  }
  const part = bytes.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { 'Content-Range': range, 'Content-Length': part.length }).end(part);
}

interface Golden {
  messages: Extract<JobRequest['prompt'], { kind: 'chat' }>['messages'];
  input_ids: number[];
}

const own = (path: string): string => readFileSync(`public/models/${MODEL.repo}/${path}`, 'utf8');
const ownJson = (path: string): object => JSON.parse(own(path));
const chat = (content: string) => ({ kind: 'chat' as const, messages: [{ role: 'user' as const, content }] });

describe('a prompt', () => {
  function promptsOf(hubUrl: string, limits: ModelReaderOptions['limits'] = {}) {
    const reader = createModelReader({
      hubUrl,
      modelsDir: undefined,
      own: MODEL,
      limits: { ...(LIMITS as object), ...limits },
    });
    readers.push(reader);
    return (model: ModelRef, prompt: JobRequest['prompt'], asker = ANN) => reader.promptIds(model, prompt, asker);
  }

  test('has the ids that a driver gives it', async () => {
    const { url } = await hubWith({});
    const promptIds = promptsOf(url);
    // What transformers make of them.
    const { entries } = JSON.parse(readFileSync('tools/train-model/golden.json', 'utf8')) as { entries: Golden[] };
    expect(entries.length).toBeGreaterThan(3);
    for (const { messages, input_ids } of entries) {
      expect(await promptIds(MODEL, { kind: 'chat', messages })).toEqual(input_ids);
    }
    await expect(promptIds(MODEL, { kind: 'chat', messages: [] })).rejects.toMatchObject({ code: 'prompt-empty' });
  });

  const regex = { type: 'Split', pattern: { Regex: '^(a+)+$' }, behavior: 'Isolated', invert: false };
  const slow = JSON.stringify({ ...ownJson('tokenizer.json'), pre_tokenizer: regex });
  const doubling = '{% set ns = namespace(x="ab") %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}';
  const large = JSON.stringify({ ...ownJson('tokenizer_config.json'), chat_template: doubling });
  // One allocation goes far beyond the bound: a thread would take the whole server along.
  const list = '{% set ns = namespace(x=[1, 2]) %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}x';
  const huge = JSON.stringify({ ...ownJson('tokenizer_config.json'), chat_template: list });

  test.each<[string, Record<string, string>, string]>([
    ['G16: a tokenizer whose pattern never ends', { 'tokenizer.json': slow }, `${'a'.repeat(40)}!`],
    ['G16: a template that doubles without end', { 'tokenizer_config.json': large }, 'hello'],
    ['G16: a template whose list takes all memory', { 'tokenizer_config.json': huge }, 'hello'],
  ])('%s is ended, is not read again for a while, and others are counted meanwhile', async (_name, changes, text) => {
    const { url, asked } = await hubWith(changes);
    const promptIds = promptsOf(url, { promptDeadlineMs: 2_000 });
    await expect(promptIds(ELSEWHERE, chat(text))).rejects.toMatchObject({
      code: expect.stringMatching(/model-unsupported|bad-request/),
    });
    const before = asked.length;
    await promptIds(ELSEWHERE, chat(text)).catch(() => {});
    expect(asked.length).toBe(before);
    const calm = await hubWith({});
    expect((await promptsOf(calm.url)(MODEL, chat('hello'))).length).toBeGreaterThan(1);
  });

  test('G14: that surely does not fit is refused, as a conversation and as a text', async () => {
    const { url } = await hubWith({});
    const promptIds = promptsOf(url, { promptDeadlineMs: 60_000 });
    const tooLong = { code: 'context-exceeded', data: { maxContext: 1024 } };
    await expect(promptIds(MODEL, chat('a'.repeat(128 * 1024)))).rejects.toMatchObject(tooLong);
    await expect(promptIds(MODEL, { kind: 'text', text: '7 '.repeat(64 * 1024) })).rejects.toMatchObject(tooLong);
    expect((await promptIds(MODEL, chat('hello'))).length).toBeGreaterThan(1);
  });

  const busy = '{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}x';
  const long = JSON.stringify({ ...ownJson('tokenizer_config.json'), chat_template: busy });

  test('G14: that makes the configured model’s own process end takes it from nobody else', async () => {
    const { url } = await hubWith({ 'tokenizer_config.json': long });
    const promptIds = promptsOf(url, { promptDeadlineMs: 2_000 });
    await expect(promptIds(MODEL, chat('x'))).rejects.toMatchObject({ code: 'model-unsupported' });
    // Read anew at once: it does not rest.
    const text = { kind: 'text', text: 'hello' } as const;
    expect((await promptIds(MODEL, text, { address: '10.0.0.9', owner: 'bob' })).length).toBeGreaterThan(0);
  });

  test('G14: whose address took the processes for long is told to wait, others are counted', async () => {
    const { url } = await hubWith({ 'tokenizer_config.json': long });
    const promptIds = promptsOf(url, { promptDeadlineMs: 2_000, addressMs: { perMinute: 60, burst: 400 } });
    await expect(promptIds(MODEL, chat('x'))).rejects.toMatchObject({ code: 'model-unsupported' });
    await expect(promptIds(MODEL, chat('x'))).rejects.toMatchObject({
      code: 'rate-limited',
      data: { retryAfterSeconds: expect.any(Number) },
    });
    const text = { kind: 'text', text: 'hello' } as const;
    expect((await promptIds(MODEL, text, { address: '10.0.0.9', owner: 'ann' })).length).toBeGreaterThan(0);
  });
});
