// A lending tab from opening to serving, without a browser: the test plays the server, the worker and the other peers.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { serverIdOf } from '../../protocol/identity.ts';
import { checkPayout } from '../../protocol/payout.ts';
import { settle, startClock, stopClock, until } from '../host/test-clock.ts';
import { TestHost } from '../host/test-host.ts';
import { TEST_MANIFEST, type WorkerScript } from '../host/test-worker.ts';
import { openStagePeer } from './stage-peer.ts';
import { coalitionOf, MODEL, POOL, peerOf, poolsOf, tellOf } from './test-pool.ts';
import { JOB, joinTab, REQUEST, receiptOf } from './test-stage-tab.ts';

const [B, C] = [peerOf('b'), peerOf('c')];
const failing = (error: PoolError) => () => Promise.reject(error);

beforeEach(stopClock);
afterEach(startClock);

describe('joining', () => {
  test('reads the model, times a layer, and offers itself', async () => {
    const phases: string[] = [];
    const host = new TestHost();
    const peer = openStagePeer(host, { pool: MODEL, keepPacked: true });
    peer.state.subscribe(() => phases.push(peer.state.get().phase));
    const self = await host.welcome();
    await until(() => host.socket.told('offer').length > 0);
    expect([...new Set(phases)]).toEqual(['reading-model', 'probing', 'waiting']);
    expect(host.socket.url).toBe('wss://pool.example/control');
    expect(host.worker.calls.map(({ method }) => method)).toEqual([
      ...['start-identity', 'start-backend', 'read-model', 'try-backend', 'probe-layer', 'trust-server'],
    ]);
    const memoryBytes = 1.5 * 1024 ** 3;
    expect(host.worker.given('probe-layer')).toEqual([{ memoryBytes, keepPacked: true }]);
    const capability = { msPerLayer: 2, memoryBytes, backend: 'wasm', device: 'WASM, 1 thread' };
    expect(host.socket.told('offer')).toEqual([{ type: 'offer', pool: POOL, manifest: TEST_MANIFEST, capability }]);
    expect(peer.state.get()).toMatchObject({ phase: 'waiting', peer: self, msPerLayer: 2, memoryBytes });
    expect(host.broker.options).toMatchObject({
      self,
      token: 'secret',
      origin: 'https://pool.example',
      iceServers: [],
    });
    expect(host.broker.isOpen).toBe(true);
  });

  test('what the person lends and where the site is are taken as said; a note is shown', async () => {
    const [note, noteCode] = ['This browser has no WebGPU.', 'no-webgpu'] as const;
    const script: WorkerScript = { 'start-backend': () => ({ backend: 'wasm', device: 'cpu', note, noteCode }) };
    const { host, state } = await joinTab(script, { memoryBytes: 7, backend: 'wasm', origin: 'http://127.0.0.1:9' });
    expect(host.socket.url).toBe('ws://127.0.0.1:9/control');
    expect(host.worker.given('start-backend')).toEqual([{ backend: 'wasm' }]);
    expect(state()).toMatchObject({ memoryBytes: 7, note, noteCode });
  });

  test('F6: a GPU that computes the model wrongly gives way: its person reads why, WASM is offered and lends as WASM', async () => {
    const note = 'This GPU failed a test of its arithmetic.';
    const { host, state } = await joinTab({
      'start-backend': () => ({ backend: 'webgpu', device: 'acme' }),
      'try-backend': () => ({ backend: 'wasm', device: 'WASM, 1 thread', note }),
    });
    const memoryBytes = 1.5 * 1024 ** 3;
    expect(state()).toMatchObject({ backend: 'wasm', device: 'WASM, 1 thread', note, memoryBytes });
    expect(host.worker.given('probe-layer')).toEqual([{ memoryBytes, keepPacked: false }]);
    expect(host.socket.told('offer')).toMatchObject([{ capability: { backend: 'wasm', memoryBytes } }]);
  });

  test('F6: a GPU that is right in small pieces is offered, and its person reads so', async () => {
    const tried = { backend: 'webgpu', device: 'acme', note: 'In pieces of 31.' } as const;
    const { host, state } = await joinTab({
      'start-backend': () => ({ backend: 'webgpu', device: 'acme' }),
      'try-backend': () => tried,
    });
    expect(state()).toMatchObject(tried);
    expect(host.socket.told('offer')).toMatchObject([{ capability: { backend: 'webgpu', device: 'acme' } }]);
  });

  test('why it waits is shown as the planner says it', async () => {
    const { host, state } = await joinTab();
    host.socket.say(poolsOf('waiting', 'Waits for 2 more tabs.'));
    expect(state().waitsFor).toBe('Waits for 2 more tabs.');
  });

  test('where it wants to be paid is signed and said with its offer, and again to a server that comes back', async () => {
    const payoutAddress = `0x${'AB'.repeat(20)}`;
    const { host, self, state } = await joinTab({}, { payoutAddress });
    const payout = host.socket.told('offer')[0]!.payout!;
    expect(payout).toMatchObject({ peer: self, server: await serverIdOf('BA'), address: payoutAddress.toLowerCase() });
    await expect(checkPayout(payout)).resolves.toBe(state().payoutAddress);
    host.socket.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await host.welcome();
    await until(() => host.socket.told('offer').length > 0);
    const again = host.socket.told('offer')[0]!.payout!;
    expect(again).toMatchObject({ peer: self, server: payout.server, address: payout.address });
    await expect(checkPayout(again)).resolves.toBe(payout.address);
  });

  test('a market that knows no address ends it, and its person reads what to do', async () => {
    const { host, state } = await joinTab();
    host.socket.say({ type: 'error', error: { code: 'payout-required', message: 'No address.' } });
    const next = expect.stringContaining('/join');
    expect(state()).toMatchObject({
      phase: 'failed',
      error: { code: 'payout-required', message: 'No address.', next },
    });
  });

  test('what is no address ends it before the server hears of an offer', async () => {
    const host = new TestHost();
    const peer = openStagePeer(host, { pool: MODEL, payoutAddress: 'my wallet' });
    await host.welcome();
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error).toMatchObject({ code: 'bad-request' });
    expect(host.socket.told('offer')).toEqual([]);
  });

  test('a market’s price is told with what it counts', async () => {
    const { host, state } = await joinTab();
    const price = { promptMicros: 50_000, completionMicros: 200_000 };
    const { pools } = poolsOf('waiting');
    host.socket.say({ type: 'pools', pools: [{ ...pools[0]!, policy: 'market', price }] });
    expect(state()).toMatchObject({ policy: 'market', price });
    host.socket.say({ type: 'pools', pools });
    expect([state().policy, state().price]).toEqual([undefined, undefined]);
  });

  test('an offer that is refused ends it', async () => {
    const { host, state } = await joinTab();
    host.socket.say({ type: 'error', error: { code: 'manifest-mismatch', message: 'Another file.' } });
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'manifest-mismatch' } });
    expect(host.worker.isTerminated).toBe(true);
  });

  test.each<[string, keyof WorkerScript, PoolError]>([
    ['a model that is not there', 'read-model', new PoolError('model-not-found', 'No.')],
    ['a backend that cannot be had', 'start-backend', new PoolError('backend-unavailable', 'No.')],
    ['a GPU that computes wrongly and was asked for', 'try-backend', new PoolError('backend-unavailable', 'No.')],
    ['a layer that does not fit', 'probe-layer', new PoolError('out-of-memory', 'No.')],
  ])('%s ends it before the server hears of it', async (_what, method, error) => {
    const host = new TestHost({ [method]: failing(error) });
    const peer = openStagePeer(host, { pool: MODEL });
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error).toMatchObject({ code: error.code, next: error.next });
    expect([host.sockets.length, host.released, host.worker.isTerminated]).toEqual([0, 1, true]);
  });

  test('after a failure it starts again, with another worker and the same state to draw', async () => {
    const host = new TestHost();
    host.isSiteUp = false;
    const peer = openStagePeer(host, { pool: MODEL });
    await until(() => peer.state.get().phase === 'failed');
    expect(peer.state.get().error?.code).toBe('link-failed');
    await until(() => host.released === 1);
    host.isSiteUp = true;
    peer.retry();
    expect(peer.state.get()).toMatchObject({ phase: 'connecting', pool: POOL });
    expect(peer.state.get().error).toBeUndefined();
    await host.welcome();
    await until(() => peer.state.get().phase === 'waiting');
    expect(host.workers).toHaveLength(2);
  });
});

describe('forming', () => {
  test('the only stage loads, serves, and drives the server’s jobs', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'forming', [self]);
    const { worker, socket } = host;
    expect(worker.given('hold-ticket')).toEqual([{ epoch: 5, ticket: 'ticket-5' }]);
    expect(worker.given('load-stage')).toMatchObject([{ epoch: 5, pool: POOL, stage: 0, start: 0, end: 2, layers: 6 }]);
    expect(worker.given('load-stage')[0]).not.toHaveProperty('next');
    expect(worker.given('serve-epoch')).toEqual([{ epoch: 5 }]);
    expect(socket.told('stage-ready')).toEqual([{ type: 'stage-ready', pool: POOL, epoch: 5, msPerLayer: 1.5 }]);
    expect(worker.given('use-coalition')).toMatchObject([{ epoch: 5, seats: [{ peer: self }] }]);
    expect(state()).toMatchObject({ phase: 'serving', msPerLayer: 1.5, coalition: { epoch: 5 }, slice: { end: 2 } });
    expect(host.broker.asked).toEqual([]);
  });

  test('slice and link come side by side: it serves when both are there', async () => {
    let load = (): void => {};
    const loading = new Promise<void>((resolve) => {
      load = resolve;
    });
    const script: WorkerScript = {
      'load-stage': async () => {
        await loading;
        return { networkBytes: 1, cachedBytes: 0, msPerLayer: 3 };
      },
    };
    const { host, self, state, hear } = await joinTab(script);
    await hear(5, 'forming', [self, B]);
    expect(host.broker.asked).toEqual([{ peer: B, epoch: 5, lane: 0 }]);
    expect(host.worker.given('add-link')).toMatchObject([{ id: 1, peer: B, epoch: 5, direction: 'out', lane: 0 }]);
    expect(host.worker.given('serve-epoch')).toEqual([]);
    host.worker.tell('load-progress', { epoch: 5, loadedBytes: 40, totalBytes: 90, networkBytes: 40, cachedBytes: 0 });
    host.worker.tell('load-progress', { epoch: 4, loadedBytes: 1, totalBytes: 1, networkBytes: 0, cachedBytes: 0 });
    expect(host.socket.told('load-progress')).toEqual([
      { type: 'load-progress', pool: POOL, epoch: 5, loadedBytes: 40 },
    ]);
    expect(state()).toMatchObject({ phase: 'loading', slice: { loadedBytes: 40, totalBytes: 90 } });
    load();
    await settle();
    expect(state().phase).toBe('serving');
    expect(host.worker.given('load-stage')).toMatchObject([{ next: B }]);
    // The link to the next stage leads to the exit.
    expect(host.worker.given('use-coalition')).toHaveLength(1);
    expect(host.broker.asked).toHaveLength(1);
  });

  test('an entry of three links to the exit as well, once it serves; a stage behind it drives nothing', async () => {
    const entry = await joinTab();
    await entry.hear(5, 'forming', [entry.self, B, C]);
    expect(entry.host.broker.asked.map(({ peer }) => peer)).toEqual([B, C]);
    expect(entry.host.worker.given('use-coalition')).toHaveLength(1);
    const middle = await joinTab();
    await middle.hear(5, 'forming', [B, middle.self, C]);
    expect(middle.host.broker.asked.map(({ peer }) => peer)).toEqual([C]);
    expect(middle.state().phase).toBe('serving');
    expect(middle.host.worker.given('use-coalition')).toEqual([]);
  });

  test('a link that another tab asks for is taken, and let go with its connection', async () => {
    const { host, self, hear } = await joinTab();
    await hear(5, 'forming', [B, self]);
    const { id } = host.broker.make({ peer: B, epoch: 5, lane: 0, direction: 'in' });
    expect(host.worker.given('add-link')).toMatchObject([{ id, peer: B, direction: 'in' }]);
    host.worker.tell('link-closed', { id, epoch: 5, peer: B, direction: 'in', lane: 0 });
    expect(host.broker.released.get(id)).toBe('fit');
    expect(host.socket.told('link-down')).toEqual([]);
  });

  test('a coalition of another pool, or without a seat for it, is none of its business', async () => {
    const { host, state, hear } = await joinTab();
    await hear(5, 'forming', [B, C]);
    expect(state().coalition).toBeUndefined();
    expect(host.worker.given('load-stage')).toEqual([]);
  });

  test('told again it is not loaded again; a fresh ticket is held', async () => {
    const { host, self, hear } = await joinTab();
    await hear(5, 'forming', [self]);
    await hear(5, 'ready', [self]);
    host.socket.say(tellOf(coalitionOf(5, 'ready', [self]), 'fresh'));
    await settle();
    expect(host.worker.given('load-stage')).toHaveLength(1);
    expect(host.worker.given('hold-ticket').map(({ ticket }) => ticket)).toEqual(['ticket-5', 'ticket-5', 'fresh']);
  });

  test('a slice that cannot be loaded ends it, and the server hears why', async () => {
    const error = new PoolError('out-of-memory', 'Too large.');
    const { host, self, state, hear } = await joinTab({ 'load-stage': failing(error) });
    await hear(5, 'forming', [self]);
    expect(host.socket.told('stage-failed')).toMatchObject([{ epoch: 5, error: { code: 'out-of-memory' } }]);
    expect(host.socket.heard.at(-1)).toEqual({ type: 'leave' });
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'out-of-memory', message: 'Too large.' } });
  });
});

describe('serving', () => {
  test('counts what it has served', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'forming', [self]);
    const served = { sessions: 1, stepMs: 4, bytesIn: 1, bytesOut: 2 };
    for (const tokens of [3, 5, 5]) host.worker.tell('served', { ...served, tokens });
    expect(state().served).toMatchObject({ ...served, tokens: 5, tokensPerSecond: [3, 2, 0] });
    for (let tokens = 6; tokens < 80; tokens++) host.worker.tell('served', { ...served, tokens });
    expect(state().served.tokensPerSecond).toHaveLength(60);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(host.socket.told('heartbeat').at(-1)).toMatchObject({ sessions: 1, tokens: 79 });
  });

  test('a job of the server goes to the driver, and its events back', async () => {
    const { host, self, hear } = await joinTab({ 'run-job': () => new Promise<void>(() => {}) });
    await hear(5, 'ready', [self]);
    host.socket.say({ type: 'job-start', job: JOB, grant: 'grant', epoch: 5, request: REQUEST });
    await settle();
    expect(host.worker.given('start-driver')).toEqual([{ pool: POOL, model: MODEL, hubUrl: 'https://hub.example/' }]);
    expect(host.worker.given('run-job')).toMatchObject([{ job: JOB, grant: 'grant', epoch: 5 }]);
    host.worker.tell('job-event', { type: 'started', job: JOB, promptTokens: 3 });
    expect(host.socket.told('job-events')).toMatchObject([{ events: [{ type: 'started', promptTokens: 3 }] }]);
    host.socket.say({ type: 'job-cancel', job: JOB });
    expect(host.worker.given('cancel-job')).toEqual([{ job: JOB }]);
  });

  test('receipts are answered always: with nothing where the worker has none', async () => {
    const { host, state } = await joinTab({ 'sign-receipts': failing(new PoolError('internal', 'No.')) });
    host.socket.say({ type: 'receipt-request', job: JOB, epoch: 5 });
    await settle();
    expect(host.worker.given('sign-receipts')).toEqual([{ job: JOB, epoch: 5 }]);
    expect(host.socket.told('receipts')).toEqual([{ type: 'receipts', job: JOB, epoch: 5, receipts: [] }]);
    expect(state().served.answers, 'no answer of its own').toBe(0);
  });

  test('D6: an answer whose receipts it signs is counted, with the positions that they cover', async () => {
    const over = (from: number, to: number) => ({ receipt: receiptOf(from, to), publicKey: 'BA', signature: 'MA' });
    const receipts = [over(0, 30), over(8, 20)];
    const { host, state } = await joinTab({ 'sign-receipts': async () => ({ receipts }) });
    host.socket.say({ type: 'receipt-request', job: JOB, epoch: 5 });
    await settle();
    expect(state().served).toMatchObject({ answers: 1, answerTokens: 42 });
  });

  test('what it did by now of an answer that goes on is signed, said to be so, and counts as no answer yet', async () => {
    const receipts = [{ receipt: receiptOf(0, 30), publicKey: 'BA', signature: 'MA' }];
    const { host, state } = await joinTab({ 'sign-receipts': async () => ({ receipts }) });
    host.socket.say({ type: 'receipt-request', job: JOB, epoch: 5, goesOn: true });
    await settle();
    expect(host.socket.told('receipts')).toMatchObject([{ job: JOB, epoch: 5, goesOn: true, receipts }]);
    expect(state().served.answers).toBe(0);
  });

  test('a device that is lost ends it, and the server hears of it', async () => {
    const { host, self, state, hear } = await joinTab();
    host.worker.tell('fault', { code: 'device-lost', message: 'Before anything was loaded.' });
    expect(state().phase).toBe('waiting');
    await hear(5, 'forming', [self]);
    host.worker.tell('fault', { code: 'device-lost', message: 'The GPU is gone.' });
    expect(host.socket.told('stage-failed')).toMatchObject([{ epoch: 5, error: { code: 'device-lost' } }]);
    expect(state()).toMatchObject({ phase: 'failed', error: { message: 'The GPU is gone.' } });
  });

  test('another member’s mishap is not its own', async () => {
    const { host, self, state, hear } = await joinTab();
    await hear(5, 'forming', [self]);
    host.socket.say({ type: 'error', error: { code: 'rate-limited', message: 'Slower.' } });
    expect(state().phase).toBe('serving');
  });
});

test('a worker whose model does not end ends the tab’s part: it leaves the server and says why', async () => {
  const { host, state } = await joinTab();
  host.worker.end(new PoolError('model-unsupported', 'The model’s tokenizer did not end.'));
  await settle();
  expect(state()).toMatchObject({ phase: 'failed', error: { code: 'model-unsupported' } });
  expect([host.socket.isOpen, host.workers.length]).toEqual([false, 1]);
});

test('B1: a worker that stopped leaves the server at once, and the page starts another one, a few times', async () => {
  const { host, state } = await joinTab();
  for (const workers of [2, 3, 4, 4]) {
    const { socket } = host;
    host.worker.end(new PoolError('stage-failed', 'The worker of this tab stopped.'));
    expect([socket.isOpen, host.workers.length]).toEqual([false, workers]);
    if (workers === 4 && state().phase === 'failed') continue;
    await host.welcome();
    await until(() => host.socket.told('offer').length > 0);
    expect(state().phase).toBe('waiting');
  }
  expect(state()).toMatchObject({ phase: 'failed', error: { code: 'stage-failed' } });
});
