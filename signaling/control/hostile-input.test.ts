// Hostile input, seeded: whatever comes in over HTTP, the control socket or as a token, the server lives, answers with its
// own typed errors, and holds nobody's credits.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES, PoolError } from '../../protocol/errors.ts';
import { openGrant, sealGrant } from '../../protocol/grant.ts';
import { type JobId, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { inSeconds, makeTicket, newOrchestrator } from '../../protocol/test-orchestrator.ts';
import { seededRandom } from '../../protocol/test-random.ts';
import { openTicket, sealTicket } from '../../protocol/ticket.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { hostileBody } from './test-hostile.ts';
import { TestPeer } from './test-peer.ts';

const SEED = 20_261_120;
const POOL = poolIdOf(DEFAULT_MODEL);
const POOL_PATH = `/api/pools/${encodeURIComponent(POOL)}`;
const PEER = 'ab'.repeat(16) as PeerId;
const JOB = 'cd'.repeat(16) as JobId;
const CHAT = { model: DEFAULT_MODEL.repo, messages: [{ role: 'user', content: 'hi' }], max_tokens: 4, stream: false };
const LOGIN = { name: 'ann', password: 'correct horse battery' };

/** Every route that takes a body, with bodies that are nearly right. A new route is added here. */
const BODY_ROUTES: readonly [method: string, path: string, valid: readonly unknown[]][] = [
  [
    'POST',
    '/v1/chat/completions',
    [CHAT, { ...CHAT, stream: true, n: 2, stop: ['x'], logprobs: true, top_logprobs: 3 }],
  ],
  ['POST', '/v1/completions', [{ model: DEFAULT_MODEL.repo, prompt: 'hi', max_tokens: 4 }]],
  ['POST', '/v1/batches', [{ input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' }]],
  ['POST', '/v1/files', [{ purpose: 'batch' }]],
  ['POST', '/api/account', [LOGIN]],
  ['POST', '/api/account/login', [LOGIN]],
  ['POST', '/api/account/login/again', [{ password: LOGIN.password }]],
  ['POST', '/api/account/password', [{ oldPassword: LOGIN.password, newPassword: 'another horse', keysToo: true }]],
  ['POST', '/api/account/keys', [{ label: 'laptop' }]],
  ['POST', '/api/account/peers', [{ publicKey: 'a', signature: 'b' }]],
  ['POST', '/api/pools', [{ repo: 'a/b', revision: 'main', dtype: 'q4', stages: 2, price: { promptMicros: 1 } }]],
  ['PATCH', POOL_PATH, [{ stages: 2, recruit: true }]],
  ['POST', `${POOL_PATH}/peers`, [{ peer: PEER }]],
  ['POST', `${POOL_PATH}/load`, []],
  ['PUT', '/api/config', [{}]],
  ['POST', '/healthz', [{}]],
  ['POST', '/models/index.json', [{}]],
];

/** Addresses that are nearly right. */
const PATHS: readonly string[] = [
  '/api/pools/%00',
  '/api/pools/%E0%A4%A',
  '/api/pools/..%2f..%2fetc',
  `/api/pools/${'x'.repeat(5000)}`,
  '/api/pools/__proto__',
  '/api/pools/constructor/state',
  '/api/nothing',
  '/v1/models/..%2f',
  '/v1/models/__proto__',
  '/api/account/logins',
  '/api/account/logins/%00?keysToo=maybe',
  '/v1/computepool/jobs/zzz',
  '/v1/computepool/usage?x=%00',
  `/v1/computepool/jobs/${JOB}`,
  '/v1/files/..%2f/content',
  '/v1/batches/x/cancel',
  '/models/index.json/',
  '/models/a/b/resolve/main/%00',
  '/metrics',
  '/readyz',
  '//',
  '/?%',
];
const HEADERS: readonly Record<string, string>[] = [
  {},
  { authorization: 'Bearer ' },
  { authorization: `Bearer ${'x'.repeat(4000)}` },
  { authorization: 'Basic %%%' },
  { cookie: `cp_session=${'%'.repeat(100)}; __proto__=1; constructor=2` },
  { origin: 'null' },
  { origin: 'javascript:alert(1)' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-7' },
  { 'content-type': 'multipart/form-data; boundary=' },
  { 'x-forwarded-for': '\'"><, 1' },
  { range: 'bytes=-0,0-,9999999999999999999-' },
  { 'if-none-match': '*,'.repeat(500) },
];

let server: RunningServer;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  // The limits have tests of their own; here they would hide what is behind them.
  server = await startServer({ logger: 'silent', canary: false, modelsDir: 'public/models', ratePerMinute: 1_000_000 });
}, 180_000);
afterAll(async () => {
  await server.close();
  process.off('unhandledRejection', note);
});

/** Nothing of what was sent may have changed the process, whatever was answered. */
async function expectUnharmed(): Promise<void> {
  expect(rejections).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const peer = await TestPeer.join(server.url);
  peer.send({ type: 'heartbeat', at: 1, sessions: 0, tokens: 0 });
  await peer.next('heartbeat-ack');
  peer.socket.close();
  await expect.poll(async () => (await server.platform.ledger.totals()).openHolds).toBe(0);
}

async function expectTyped(response: Response, what: string): Promise<void> {
  const text = await response.text();
  expect(response.status, `${what}: ${text.slice(0, 300)}`).not.toBe(500);
  expect(text, what).not.toMatch(/node_modules|at .+:\d+:\d+\)|node:internal/);
  const { pathname } = new URL(response.url);
  if (response.status < 400 || !/^\/(api|v1)\//.test(pathname)) return;
  const { error } = JSON.parse(text);
  expect(error.message, what).toEqual(expect.any(String));
  if (pathname.startsWith('/api/')) expect(Object.keys(ERROR_CODES), what).toContain(error.code);
}

describe('HTTP', () => {
  it.each(BODY_ROUTES)('%s %s answers bodies of every kind', { timeout: 300_000 }, async (method, path, valid) => {
    const random = seededRandom(SEED + path.length);
    for (let round = 0; round < 40; round++) {
      const body = hostileBody(random, valid);
      const headers = { 'content-type': 'application/json', ...HEADERS[Math.floor(random() * HEADERS.length)] };
      const response = await fetch(server.url + path, { method, headers, body: body as BodyInit });
      await expectTyped(response, `round ${round} of ${method} ${path} with ${String(body).slice(0, 200)}`);
    }
    await expectUnharmed();
  });

  it('answers addresses and headers of every kind', { timeout: 300_000 }, async () => {
    for (const path of PATHS) {
      for (const method of ['GET', 'DELETE', 'OPTIONS']) {
        for (const headers of HEADERS.slice(0, 8)) {
          const response = await fetch(server.url + path, { method, headers });
          await expectTyped(response, `${method} ${path}`);
        }
      }
    }
    await expectUnharmed();
  });
});

/** One good message of each kind. */
const MESSAGES: readonly unknown[] = [
  {
    type: 'offer',
    pool: POOL,
    manifest: manifestOf(),
    capability: { backend: 'wasm', msPerLayer: 1, memoryBytes: 1e9, device: 'x' },
    payout: { peer: PEER, publicKey: 'BA', server: PEER, address: `0x${'ab'.repeat(20)}`, at: 1, signature: 'AA' },
  },
  { type: 'load-progress', pool: POOL, epoch: 1, loadedBytes: 5 },
  { type: 'stage-ready', pool: POOL, epoch: 1, msPerLayer: 1 },
  { type: 'stage-failed', pool: POOL, epoch: 1, error: { code: 'internal', message: 'x' } },
  { type: 'link-down', pool: POOL, epoch: 1, peer: PEER },
  { type: 'watch', pool: POOL },
  { type: 'heartbeat', at: 1, sessions: 0, tokens: 0, rtts: [{ peer: PEER, ms: 1 }] },
  { type: 'ask', ask: 1, pool: POOL, promptTokens: 3, maxTokens: 4 },
  { type: 'ask-cancel', ask: 1 },
  { type: 'ask-done', job: JOB, promptTokens: 1, cachedTokens: 0, completionTokens: 1 },
  { type: 'job-events', events: [{ type: 'started', job: JOB, promptTokens: 3 }] },
  { type: 'receipts', job: JOB, epoch: 1, receipts: [] },
  { type: 'leave' },
];
const MESSAGES_PER_PEER = 50;

describe('the control socket', () => {
  it('answers messages of every kind with typed errors, to peers that are welcome', { timeout: 300_000 }, async () => {
    const random = seededRandom(SEED);
    for (let peers = 0; peers < 10; peers++) {
      const peer = await TestPeer.join(server.url);
      for (let round = 0; round < MESSAGES_PER_PEER; round++) peer.sendText(hostileBody(random, MESSAGES));
      // Whatever was said before, in order: the answer to this one means that all were read. Or the socket was closed.
      peer.send({ type: 'heartbeat', at: 424_242, sessions: 0, tokens: 0 });
      const isHeard = await Promise.race([
        peer.next('heartbeat-ack', ({ at }) => at === 424_242).then(() => true),
        peer.closed.then(() => false),
      ]);
      expect(isHeard, `peer ${peers}`).toBe(true);
      const errors = peer.inbox.flatMap((message) => (message.type === 'error' ? [message.error.code] : []));
      expect(errors.length).toBeGreaterThan(10);
      for (const code of errors) {
        expect(Object.keys(ERROR_CODES)).toContain(code);
        expect(code).not.toBe('internal');
      }
      peer.socket.terminate();
    }
    await expectUnharmed();
  });

  it('takes good messages in an order that makes no sense', { timeout: 300_000 }, async () => {
    const random = seededRandom(SEED + 1);
    for (let peers = 0; peers < 5; peers++) {
      const peer = await TestPeer.join(server.url);
      for (let round = 0; round < MESSAGES_PER_PEER; round++) {
        peer.sendText(JSON.stringify(MESSAGES[Math.floor(random() * MESSAGES.length)]));
      }
      peer.send({ type: 'heartbeat', at: 424_242, sessions: 0, tokens: 0 });
      await peer.next('heartbeat-ack', ({ at }) => at === 424_242);
      expect(peer.inbox.filter((message) => message.type === 'error' && message.error.code === 'internal')).toEqual([]);
      peer.socket.terminate();
    }
    await expectUnharmed();
  });

  it('closes on whoever says anything but a good hello first', { timeout: 300_000 }, async () => {
    const random = seededRandom(SEED + 2);
    const hello = { type: 'hello', version: PROTOCOL_VERSION, publicKey: 'AA', signature: 'AA' };
    for (let round = 0; round < 30; round++) {
      const peer = new TestPeer(server.url);
      await peer.next('challenge');
      peer.sendText(hostileBody(random, [hello, ...MESSAGES]));
      expect(await peer.closed).toBeGreaterThanOrEqual(1000);
      expect(peer.inbox.some(({ type }) => type === 'welcome')).toBe(false);
    }
    await expectUnharmed();
  });
});

describe('tokens', () => {
  const roster = newOrchestrator();
  const expected = { publicKey: roster.publicKey, peer: PEER, epoch: 7 };
  const grant = {
    ...{
      job: JOB,
      nonce: 'ef'.repeat(16),
      pool: POOL,
      driver: PEER,
      sessions: 1,
      maxPosition: 99,
      promptTokens: 9,
      own: [],
    },
    expires: inSeconds(3600),
  };
  const good = sealTicket(makeTicket(PEER, 7), roster.sign);

  const codeOf = (opening: Promise<unknown>): Promise<string> =>
    opening.then(
      () => 'opened',
      (error) => (error instanceof PoolError ? error.code : `thrown: ${String(error)}`),
    );

  it('open when they are good', async () => {
    expect(await codeOf(openTicket(good, expected))).toBe('opened');
    const sealed = sealGrant(grant, roster.sign);
    expect(await codeOf(openGrant(sealed, { ...expected, driver: PEER, pool: POOL }))).toBe('opened');
    expect(await codeOf(openTicket(sealed, expected)), 'a grant is no ticket').toBe('ticket-refused');
  });

  it('are refused with any character changed, and when they are nonsense', async () => {
    const random = seededRandom(SEED + 3);
    const [body = '', signature = ''] = good.split('.');
    const nonsense = [
      '',
      '.',
      '..',
      'a.b',
      `${body}.`,
      `.${signature}`,
      `${signature}.${body}`,
      `${good}.x`,
      'x'.repeat(1e6),
    ];
    const changed = Array.from({ length: 150 }, () => {
      const at = Math.floor(random() * good.length);
      // The last character of each part carries bits that mean nothing in base64url.
      if (at === body.length - 1 || at === good.length - 1) return `${good}A`;
      const other = String.fromCharCode(33 + Math.floor(random() * 94));
      return good[at] === other ? `A${good}` : good.slice(0, at) + other + good.slice(at + 1);
    });
    for (const token of [...nonsense, ...changed]) {
      expect(await codeOf(openTicket(token, expected)), token.slice(0, 400)).toBe('ticket-refused');
    }
  });

  it('are refused when what was signed does not fit', async () => {
    const random = seededRandom(SEED + 4);
    for (let round = 0; round < 100; round++) {
      const text = hostileBody(random, [makeTicket(PEER, 8), makeTicket('00'.repeat(16) as PeerId, 7)]);
      const part = Buffer.from(text as string)
        .subarray(0, 2500)
        .toString('base64url');
      const token = `${part}.${roster.sign(`computepool-ticket:1:${part}`)}`;
      expect(await codeOf(openTicket(token, expected))).toBe('ticket-refused');
    }
  });
});
