// Every statement of the main flows fails in its turn, in a whole server that logs all there is: no line has a word of what
// people wrote, own or may keep to themselves.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ClientMessage } from '../../protocol/control.ts';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { TestPeer } from '../control/test-peer.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { accountOwner } from '../ledger/owner.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { FailingDriver } from './test-failing-driver.ts';

vi.setConfig({ testTimeout: 600_000 });

const PASSWORD = 'canary-password-41';
const PROMPT = 'canary prompt 42';
const LABEL = 'canary-label-43';
const HOOK = 'canary-query-44';
/** What must be nowhere in the log; flows add what they were given. */
const canaries = new Set([PASSWORD, PROMPT, LABEL, HOOK, 'canary-name']);
/** A statement is told by its failing; a flow that then waits for what will not come is left to itself. */
const STUCK_MS = 3_000;
/** One without a failure, on a machine that does other things. */
const WELL_MS = 60_000;

let database: OpenDatabase;
let driver: FailingDriver;
let server: RunningServer;
let receiver: Server;
let ann: { cookie: string; key: string };
let lines = '';
const logTo = {
  write(line: string): void {
    lines += line;
  },
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const keep = <T extends string>(secret: T, ...more: string[]): T => {
  for (const one of [secret, ...more]) canaries.add(one);
  return secret;
};

beforeAll(async () => {
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, name).mockImplementation((...said) => {
      lines += `${said.map((one) => (one instanceof Error ? `${one.stack} ${JSON.stringify(one)}` : String(one)))}\n`;
    });
  }
  database = await openDatabase({ memory: true });
  driver = new FailingDriver(database);
  server = await startServer({
    canary: false,
    ...{ database, logger: 'trace', logTo, ratePerMinute: 1_000_000, trustedProxies: 1, modelsDir: 'public/models' },
    ...{ allowLocalWebhooks: true, welcomesPerAddressPerDay: 1_000_000, maxQueuePerAccount: 100 },
    timing: { joinDebounceMs: 5, leaveDebounceMs: 5, receiptTimeoutMs: 50, desertedMs: 300 },
  });
  receiver = createServer((_, response) => void response.writeHead(204).end());
  // Flows that are stuck wait on.
  receiver.setMaxListeners(0);
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { accounts, ledger } = server.platform;
  const { id } = await accounts.register({ name: 'canary-name-ann', password: PASSWORD });
  await ledger.welcome(accountOwner(keep(id)), 'test');
  const [{ token }, { key }] = [
    await accounts.logIn({ name: 'canary-name-ann', password: PASSWORD }),
    await accounts.createKey(id, LABEL),
  ];
  keep(token, sha256(token));
  keep(key, sha256(key));
  ann = { cookie: `cp_session=${token}`, key };
  await servingTab();
}, OPEN_TIMEOUT_MS);

afterAll(async () => {
  vi.restoreAllMocks();
  await server?.close();
  await database?.close();
  receiver?.close();
});

/** A tab that serves all layers and answers each job in one word. */
async function servingTab(): Promise<TestPeer> {
  const peer = await TestPeer.join(server.url);
  peer.socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; job: JobId };
    if (message.type !== 'job-start') return;
    const { job } = message;
    const stats = {
      ...{ epoch: 1, route: [], returnHopMs: 0, lapMs: 1, draftMs: 0, laps: 1, drafted: 0, accepted: 0 },
      ...{ drafter: 'none', tokensPerSecond: 1, timeToFirstTokenMs: 1, totalMs: 1 },
    };
    const events = [
      { type: 'started', job, promptTokens: 5 },
      { type: 'delta', job, choice: 0, text: 'a', ids: [1] },
      { type: 'finished', job, choice: 0, reason: 'stop' },
      { type: 'done', job, cachedTokens: 0, stats },
    ];
    for (const event of events) peer.send({ type: 'job-events', events: [event] } as ClientMessage);
  });
  peer.offer(server.platform.pools.find(poolIdOf(DEFAULT_MODEL))?.manifest);
  const { epoch } = await peer.coalition('forming', 1);
  peer.ready(epoch);
  await peer.coalition('ready', 1);
  return peer;
}

let calls = 0;
/** What did not go well since it was emptied. */
let refused: string[] = [];
/** A request of its own address: few may log in from one. */
async function call(method: string, path: string, body?: unknown, as: 'key' | 'login' | 'nobody' = 'login') {
  calls += 1;
  const headers: Record<string, string> = {
    'x-forwarded-for': `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
    ...{ origin: server.url, 'sec-fetch-site': 'same-origin' },
    ...(as === 'key' ? { authorization: `Bearer ${ann.key}` } : as === 'login' ? { cookie: ann.cookie } : {}),
    ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
  };
  const text = body instanceof FormData ? body : body === undefined ? null : JSON.stringify(body);
  const response = await fetch(server.url + path, { method, headers, body: text });
  for (const cookie of response.headers.getSetCookie()) {
    const token = /=([A-Za-z0-9_-]{43})/.exec(cookie)?.[1];
    if (token) keep(token, sha256(token));
  }
  const found = (await response.json().catch(() => ({}))) as Record<string, string>;
  for (const field of ['key', 'secret']) if (found[field]) keep(found[field], sha256(found[field]));
  if (path === '/api/account' && found.id) keep(found.id);
  if (response.status >= 400) refused.push(`${method} ${path}: ${response.status} ${JSON.stringify(found)}`);
  return { status: response.status, body: found };
}

const CHAT = { model: DEFAULT_MODEL.repo, messages: [{ role: 'user', content: PROMPT }], max_tokens: 4 };
const batchLine = JSON.stringify({ custom_id: PROMPT, method: 'POST', url: '/v1/chat/completions', body: CHAT });

async function batch(): Promise<void> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new File([batchLine], `${LABEL}.jsonl`));
  const { body: file } = await call('POST', '/v1/files', form, 'key');
  const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/?token=${HOOK}`;
  const more = { endpoint: '/v1/chat/completions', completion_window: '24h', webhook, metadata: { note: LABEL } };
  const told = new Promise((resolve) => receiver.once('request', resolve));
  const made = await call('POST', '/v1/batches', { input_file_id: file.id, ...more }, 'key');
  if (made.status === 200) await told;
  await call('GET', '/v1/batches', undefined, 'key');
  await call('GET', `/v1/batches/${made.body.id}`, undefined, 'key');
  await call('GET', `/v1/files/${file.id}/content`, undefined, 'key');
  await call('DELETE', `/v1/files/${file.id}`, undefined, 'key');
}

let names = 0;
const FLOWS: Record<string, () => Promise<unknown>> = {
  'an account is made': () =>
    call('POST', '/api/account', { name: `canary-name-${names++}`, password: PASSWORD }, 'nobody'),
  'somebody logs in': () =>
    call('POST', '/api/account/login', { name: 'canary-name-ann', password: PASSWORD }, 'nobody'),
  'a key is made, listed and revoked': async () => {
    const { body } = await call('POST', '/api/account/keys', { label: LABEL });
    await call('GET', '/api/account/keys');
    await call('DELETE', `/api/account/keys/${body.id}`);
  },
  'the account is read': async () => {
    for (const path of ['', '/statement', '/jobs']) await call('GET', `/api/account${path}`);
  },
  'a secret of webhooks is made': () => call('POST', '/api/account/webhook-secret'),
  'a chat is answered': () => call('POST', '/v1/chat/completions', CHAT, 'key'),
  'a chat is streamed': () => call('POST', '/v1/chat/completions', { ...CHAT, stream: true }, 'key'),
  'a batch runs and its webhook is delivered': batch,
  'a pool is made and deleted': async () => {
    const slug = `market-${names++}`;
    await call('POST', '/api/pools', { ...DEFAULT_MODEL, slug });
    await call('DELETE', `/api/pools/${encodeURIComponent(poolIdOf({ ...DEFAULT_MODEL, slug }))}`);
  },
  'a tab joins, asks and leaves': async () => {
    const peer = await TestPeer.join(server.url);
    peer.watch();
    peer.send({ type: 'ask', ask: 1, pool: poolIdOf(DEFAULT_MODEL), promptTokens: 5, maxTokens: 4 });
    await Promise.race([peer.next('ask-granted'), peer.next('ask-refused')]);
    peer.socket.close();
    await peer.closed;
  },
};

/** Whether it came to its end. One that is stuck goes on behind this test's back and must be as silent. */
const run = (flow: () => Promise<unknown>, mostMs = STUCK_MS): Promise<boolean> =>
  Promise.race([
    flow().then(
      () => true,
      () => true,
    ),
    sleep(mostMs, false),
  ]);

it.each(Object.keys(FLOWS))('G13: no line has what is people’s own when a statement fails while %s', async (name) => {
  const flow = FLOWS[name]!;
  const from = lines.length;
  refused = [];
  expect(await run(flow, WELL_MS), 'all goes well').toBe(true);
  expect(refused).toEqual([]);
  driver.failed.clear();
  for (let before = -1; driver.failed.size > before; ) {
    before = driver.failed.size;
    driver.isOn = true;
    await run(flow);
    driver.isOn = false;
  }
  expect(driver.failed.size).toBeGreaterThan(0);
  const said = lines.slice(from);
  const leaked = [...canaries].filter((canary) => said.includes(canary));
  const telling = said.split('\n').filter((line) => leaked.some((canary) => line.includes(canary)));
  expect(telling.map((line) => line.slice(0, 300)).slice(0, 3)).toEqual([]);
});

it('G13: what is left in the log says which statement failed, why and where', () => {
  const failures = lines.split('\n').filter((line) => line.includes('"sqlState":"53100"'));
  expect(failures.length).toBeGreaterThan(10);
  const uploads = failures.map((line) => JSON.parse(line)).filter(({ err }) => err.statement === 'insert files');
  expect(uploads[0]).toMatchObject({
    msg: 'request failed',
    err: { type: 'DrizzleQueryError', cause: { type: 'Error', sqlState: '53100' } },
  });
  expect(uploads[0].err.frames[0]).toMatch(/^writeFile signaling\/batches\/file-store\.ts:\d+$/);
});
