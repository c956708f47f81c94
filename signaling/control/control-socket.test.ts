import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newIdentityKeys, signHello } from '../../protocol/identity.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { MAX_CONTROL_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { testReader } from '../models/test-reader.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { CLOSE_CODES } from './control-connection.ts';
import { TestPeer } from './test-peer.ts';

const TIMING = { joinDebounceMs: 60, leaveDebounceMs: 10, progressFlushMs: 20 };
const POOL = poolIdOf(DEFAULT_MODEL);
const reader = testReader();
let database: OpenDatabase;
let server: RunningServer;

beforeAll(async () => {
  database = await openDatabase({ memory: true });
  return () => database.close();
}, OPEN_TIMEOUT_MS);
beforeEach(async () => {
  const iceServers = [{ urls: 'stun:stun.example.org' }];
  // `all`: these tests are of the socket, and every tab that offers itself is to be heard of.
  server = await startServer({
    logger: 'silent',
    canary: false,
    timing: TIMING,
    iceServers,
    database,
    reader,
    stages: 'all',
  });
});
afterEach(() => server.close());

/** As a browser names it. */
const host = (): string => new URL(server.url).host;

const restart = async (options: Parameters<typeof startServer>[0]): Promise<void> => {
  await server.close();
  server = await startServer({ logger: 'silent', canary: false, database, reader, stages: 'all', ...options });
};

describe('hello', () => {
  it('welcomes who proves its id, with ICE servers, a pace and the pools', async () => {
    const peer = new TestPeer(server.url);
    const { nonce, version } = await peer.next('challenge');
    expect(version).toBe(PROTOCOL_VERSION);
    const { peer: id, publicKey, signature } = await signHello(await newIdentityKeys(), host(), nonce);
    peer.send({ type: 'hello', version, host: host(), publicKey, signature });
    expect(await peer.next('welcome')).toEqual({
      type: 'welcome',
      peer: id,
      iceServers: [{ urls: 'stun:stun.example.org' }],
      heartbeatMs: 5000,
      orchestratorKey: server.platform.orchestratorKey,
      brokerToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      nowSeconds: expect.closeTo(Date.now() / 1000, -2),
    });
    expect((await peer.next('pools')).pools).toMatchObject([{ pool: POOL, state: 'empty', peers: 0 }]);
    expect(server.snapshot().peers).toBe(1);
  });

  it('refuses a signature over another nonce', async () => {
    const peer = new TestPeer(server.url);
    await peer.next('challenge');
    const { publicKey, signature } = await signHello(await newIdentityKeys(), host(), '00'.repeat(32));
    peer.send({ type: 'hello', version: PROTOCOL_VERSION, host: host(), publicKey, signature });
    expect((await peer.next('error')).error.code).toBe('not-authentic');
    expect(await peer.closed).toBe(CLOSE_CODES.notAuthentic);
    expect(server.snapshot().peers).toBe(0);
  });

  it('G16: refuses a hello that was signed for another server, and takes one for its public name', async () => {
    await restart({ publicUrl: 'https://Pool.example' });
    const says = async (dialled: string, signed = dialled) => {
      const peer = new TestPeer(server.url);
      const { nonce } = await peer.next('challenge');
      const { publicKey, signature } = await signHello(await newIdentityKeys(), signed, nonce);
      peer.send({ type: 'hello', version: PROTOCOL_VERSION, host: dialled, publicKey, signature });
      return peer;
    };
    // What another server was told, and a lie about whom it was told.
    for (const wrong of [await says('evil.example'), await says(host(), 'evil.example')]) {
      expect((await wrong.next('error')).error.code).toBe('not-authentic');
      expect(await wrong.closed).toBe(CLOSE_CODES.notAuthentic);
    }
    await (await says('pool.example')).next('welcome');
  });

  it('G16: refuses a hello that another server hands on, under whatever Host that one asks', async () => {
    await restart({ publicUrl: 'https://pool.example' });
    const { port } = server;
    const relayed = async (signed: string, headers: Record<string, string> = { host: signed }) => {
      const peer = new TestPeer(server.url, { headers });
      const { nonce } = await peer.next('challenge');
      const { publicKey, signature } = await signHello(await newIdentityKeys(), signed, nonce);
      peer.send({ type: 'hello', version: PROTOCOL_VERSION, host: signed, publicKey, signature });
      return peer;
    };
    const away = { host: `localhost:${port}`, 'x-forwarded-for': '203.0.113.9' };
    for (const wrong of [
      await relayed('6.6.6.6'),
      await relayed(`6.6.6.6:${port}`),
      await relayed('localhost:1'),
      await relayed('x.localhost'),
      await relayed(`127.0.0.2:${port + 1}`),
      await relayed(`localhost:${port}`, away),
    ]) {
      expect((await wrong.next('error')).error.code).toBe('not-authentic');
      expect(await wrong.closed).toBe(CLOSE_CODES.notAuthentic);
    }
    for (const own of ['pool.example', `localhost:${port}`, host()]) await (await relayed(own)).next('welcome');
  });

  it('refuses another version', async () => {
    const peer = new TestPeer(server.url);
    const { nonce } = await peer.next('challenge');
    const { publicKey, signature } = await signHello(await newIdentityKeys(), host(), nonce);
    peer.send({ type: 'hello', version: PROTOCOL_VERSION + 1, host: host(), publicKey, signature });
    expect((await peer.next('error')).error.code).toBe('version-mismatch');
    expect(await peer.closed).toBe(CLOSE_CODES.versionMismatch);
  });

  it.each([
    ['words before hello', '{"type":"leave"}', 'not-authentic'],
    ['garbage', 'garbage', 'bad-message'],
  ])('closes on %s', async (_name, text, code) => {
    const peer = new TestPeer(server.url);
    await peer.next('challenge');
    peer.sendText(text);
    expect((await peer.next('error')).error.code).toBe(code);
    expect(await peer.closed).toBe(CLOSE_CODES.notAuthentic);
  });

  it('closes on silence', async () => {
    await restart({ timing: { helloTimeoutMs: 50 } });
    const peer = new TestPeer(server.url);
    expect(await peer.closed).toBe(CLOSE_CODES.notAuthentic);
    expect((await peer.next('error')).error.code).toBe('not-authentic');
  });

  it('lets the newer of two sockets with one key win', async () => {
    const keys = await newIdentityKeys();
    const older = await TestPeer.join(server.url, keys);
    const newer = await TestPeer.join(server.url, keys);
    expect(newer.peer).toBe(older.peer);
    expect((await older.next('error')).error.code).toBe('not-authentic');
    expect(await older.closed).toBe(CLOSE_CODES.replaced);
    newer.send({ type: 'heartbeat', at: 7, sessions: 0, tokens: 0 });
    expect((await newer.next('heartbeat-ack')).at).toBe(7);
    expect(server.snapshot().peers).toBe(1);
  });
});

describe('hostile messages of a welcome peer', () => {
  it('are answered with an error each, and the socket lives', async () => {
    const peer = await TestPeer.join(server.url);
    const bad = [
      '',
      '{',
      'null',
      '[]',
      '{"type":"no"}',
      '{"type":"watch","model":{"repo":"../..","revision":"main","dtype":"q4"}}',
      '{"type":"heartbeat","at":-1,"sessions":0,"tokens":0}',
      '{"type":"link-down","pool":"x","epoch":1e99,"peer":"zz"}',
    ];
    for (const text of bad) {
      peer.sendText(text);
      expect((await peer.next('error')).error.code).toBe('bad-message');
    }
    peer.sendText(new Uint8Array([1, 2, 3]));
    expect((await peer.next('error')).error.code).toBe('bad-message');
    const hello = { type: 'hello', version: PROTOCOL_VERSION, host: host(), publicKey: '', signature: '' } as const;
    peer.send(hello);
    expect((await peer.next('error')).error.code).toBe('bad-message');
    peer.send({ type: 'heartbeat', at: 1, sessions: 0, tokens: 0 });
    await peer.next('heartbeat-ack');
  });

  it('G13: that fail inside the server are told that it failed, and not at what', async () => {
    const peer = await TestPeer.join(server.url);
    server.platform.listener.heard = () => {
      throw new Error('insert into prompts: my secret prompt');
    };
    peer.watch();
    const { error } = await peer.next('error');
    expect(error).toEqual({ code: 'internal', message: 'The server failed.' });
  });

  it('end the socket when one is above the limit', async () => {
    const peer = await TestPeer.join(server.url);
    peer.sendText('x'.repeat(MAX_CONTROL_BYTES + 1));
    expect(await peer.closed).toBe(1009);
    await expect.poll(() => server.snapshot().peers).toBe(0);
  });

  it('end the socket when they flood', async () => {
    const peer = await TestPeer.join(server.url);
    for (let index = 0; index < 1000; index += 1) peer.sendText('{"type":"leave"}');
    // The close frame may be lost with the socket that is cut off.
    expect([CLOSE_CODES.flooding, 1006]).toContain(await peer.closed);
    expect((await peer.next('error')).error.code).toBe('rate-limited');
    expect(server.snapshot().peers).toBe(0);
  });
});

describe('a coalition', () => {
  it('forms over two stages that join together, and is ready when both are', async () => {
    const [a, b, driver] = await Promise.all([1, 2, 3].map(() => TestPeer.join(server.url)));
    if (!a || !b || !driver) throw new Error('three peers');
    driver.watch();
    a.offer();
    b.offer();
    const forming = await a.coalition('forming', 2);
    expect(forming.seats.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect(new Set(forming.seats.map(({ peer }) => peer))).toEqual(new Set([a.peer, b.peer]));
    await driver.coalition('forming', 2);
    a.send({ type: 'load-progress', pool: POOL, epoch: forming.epoch, loadedBytes: 700 });
    await driver.next('coalition', ({ coalition }) => coalition.seats.some(({ loadedBytes }) => loadedBytes === 700));
    a.ready(forming.epoch);
    b.ready(forming.epoch);
    const ready = await driver.coalition('ready', 2);
    expect(ready.seats.every((seat) => seat.ready && seat.loadedBytes === seat.totalBytes)).toBe(true);
    await driver.next('pools', ({ pools }) => pools[0]?.state === 'ready' && pools[0].peers === 2);
    expect(server.snapshot().coalitions).toHaveLength(1);
  });

  it('is planned anew when a stage leaves before it is ready', async () => {
    const [a, b] = [await TestPeer.join(server.url), await TestPeer.join(server.url)];
    a.offer();
    b.offer();
    const { epoch } = await b.coalition('forming', 2);
    a.socket.terminate();
    expect((await b.next('retire')).epoch).toBe(epoch);
    const next = await b.coalition('forming', 1);
    expect(next.epoch).toBeGreaterThan(epoch);
    expect(next.seats[0]).toMatchObject({ peer: b.peer, start: 0, end: 4 });
  });

  it('is planned anew without a stage that reports failure', async () => {
    const [a, b] = [await TestPeer.join(server.url), await TestPeer.join(server.url)];
    a.offer();
    b.offer();
    const { epoch } = await b.coalition('forming', 2);
    a.send({ type: 'stage-failed', pool: POOL, epoch, error: { code: 'out-of-memory', message: 'No memory.' } });
    expect((await b.coalition('forming', 1)).seats[0]?.peer).toBe(b.peer);
  });

  it('breaks when a member leaves, then another epoch follows', async () => {
    const [a, b, driver] = [
      await TestPeer.join(server.url),
      await TestPeer.join(server.url),
      await TestPeer.join(server.url),
    ];
    driver.watch();
    a.offer();
    b.offer();
    const { epoch } = await a.coalition('forming', 2);
    await b.coalition('forming', 2);
    a.ready(epoch);
    b.ready(epoch);
    await driver.coalition('ready', 2);
    b.send({ type: 'leave' });
    expect((await driver.coalition('broken', 2)).epoch).toBe(epoch);
    const next = await a.coalition('forming', 1);
    a.ready(next.epoch);
    expect((await driver.coalition('ready', 1)).epoch).toBe(next.epoch);
    expect((await a.next('retire')).epoch).toBe(epoch);
  });

  it('loses a peer that falls silent, but none that beats', async () => {
    await restart({ timing: { ...TIMING, silenceMs: 600 } });
    const [a, b] = [await TestPeer.join(server.url), await TestPeer.join(server.url)];
    a.offer();
    b.offer();
    const beat = setInterval(() => a.send({ type: 'heartbeat', at: 0, sessions: 0, tokens: 0 }), 60);
    const { epoch } = await a.coalition('forming', 2);
    a.ready(epoch);
    b.ready(epoch);
    await a.coalition('ready', 2);
    await b.closed;
    await a.coalition('broken', 2);
    expect((await a.coalition('forming', 1)).seats[0]?.peer).toBe(a.peer);
    clearInterval(beat);
  });

  it('waits for as many stages as were asked for', async () => {
    await restart({ stages: 2, timing: TIMING });
    const a = await TestPeer.join(server.url);
    a.offer();
    const { pools } = await a.next('pools', (message) => message.pools[0]?.state === 'waiting');
    expect(pools[0]?.reason).toMatch(/One of two tabs is here|giving the tabs their layers/);
    const b = await TestPeer.join(server.url);
    b.offer();
    expect((await a.coalition('forming', 2)).seats).toHaveLength(2);
  });

  it('refuses a stage that read another file', async () => {
    const [a, b] = [await TestPeer.join(server.url), await TestPeer.join(server.url)];
    a.offer();
    await a.coalition('forming', 1);
    b.offer(manifestOf({ graphSha256: 'b'.repeat(64) }));
    expect((await b.next('error')).error.code).toBe('manifest-mismatch');
  });
});

it('counts epochs on when the server starts again', async () => {
  const firstEpoch = async (): Promise<number> => {
    const peer = await TestPeer.join(server.url);
    peer.offer();
    return (await peer.coalition('forming', 1)).epoch;
  };
  const before = await firstEpoch();
  // Epochs start at the second in which the server does.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await restart({ timing: TIMING });
  expect(await firstEpoch()).toBeGreaterThan(before);
});

it('ends every socket on close', async () => {
  const peer = await TestPeer.join(server.url);
  await server.close();
  expect([CLOSE_CODES.goingAway, 1006]).toContain(await peer.closed);
});
