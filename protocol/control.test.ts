import { describe, expect, test } from 'vitest';
import {
  type ClientMessage,
  clientMessageSchema,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
  serverMessageSchema,
} from './control.ts';
import type { SignedDelivery } from './delivery.ts';
import { PoolError } from './errors.ts';
import { type JobId, type ModelRef, type PeerId, poolIdSchema, type SessionId } from './ids.ts';
import type { JobRequest, JobStats } from './job.ts';
import { MAX_CONTROL_BYTES } from './limits.ts';
import type { ModelManifest } from './manifest.ts';
import type { SignedPayout } from './payout.ts';
import type { SignedReceipt } from './receipt.ts';
import type { RoutePlan } from './route-plan.ts';
import { SeededRandom } from './test-random.ts';

const model: ModelRef = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' };
const pool = poolIdSchema.parse('acme/tiny@main:q4');
const peer = '0123456789abcdef0123456789abcdef' as PeerId;
const error = { code: 'stage-failed', message: 'It broke.', data: { layer: 3 } };
const manifest: ModelManifest = {
  ...{ graphSha256: '00'.repeat(32), layers: 2, hiddenSize: 8, vocabSize: 16, activation: 'float16', kvHeads: 1 },
  ...{ headDim: 4, maxContext: 128, layerBytes: [1, 2], embeddingBytes: 3, headBytes: 4, sharedBytes: 5, tiedBytes: 1 },
};

const job = '1'.repeat(32) as JobId;
const session = '00f1e2d3c4b5a697' as SessionId;
const receipt: SignedReceipt = {
  receipt: {
    ...{ server: peer, job, nonce: '2'.repeat(32), session, pool, epoch: 7, peer, start: 0, end: 2, frames: 12 },
    ...{ from: 0, to: 52, lastFrom: 51, computeMs: 90.5, chainIn: 'a'.repeat(64), chainOut: 'b'.repeat(64) },
  },
  publicKey: 'BA',
  signature: 'AA',
};
const delivery: SignedDelivery = {
  note: {
    ...{ server: peer, job, nonce: '2'.repeat(32), pool, peer, promptTokens: 40, cachedTokens: 0 },
    delivered: [
      { epoch: 7, tokens: 9 },
      { epoch: 8, tokens: 3 },
    ],
  },
  publicKey: 'BA',
  signature: 'AA',
};
const payout: SignedPayout = {
  ...{ peer, publicKey: 'BA', server: peer, address: `0x${'ab'.repeat(20)}`, at: 1_796_040_000_000, signature: 'AA' },
};
const stats: JobStats = {
  ...{ epoch: 7, returnHopMs: 2, lapMs: 20, draftMs: 1, laps: 12, drafted: 4, accepted: 3, drafter: 'ngram' },
  ...{ tokensPerSecond: 50, timeToFirstTokenMs: 80, totalMs: 400 },
  route: [{ stage: 0, start: 0, end: 2, batch: 1, hopMs: 2, queueMs: 1, uploadMs: 0, computeMs: 7, readbackMs: 1 }],
};
const chance = { id: 17, token: 'He', bytes: [72, 101], logprob: -0.25 };
const plan: RoutePlan = {
  ...{ mode: 'lan', driver: 'here', local: false, drafter: 'none', stages: 2, reason: 'Two tabs are near.' },
  predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 90 },
  rejected: [{ mode: 'batch', why: 'Slower.' }],
};
const request: JobRequest = {
  prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Hello.' }] },
  ...{ seed: 42, maxTokens: 64, stop: ['.'], choices: 2, logprobs: 3, drafter: 'none', resume: [[1, 2], []] },
};

const badMessage = expect.objectContaining({ code: 'bad-message' });

const clientMessages: ClientMessage[] = [
  { type: 'hello', version: 1, host: 'a.example', publicKey: 'BA', signature: 'AA' },
  {
    type: 'offer',
    pool,
    manifest,
    capability: { backend: 'wasm', msPerLayer: 1.5, memoryBytes: 1e9, device: 'WASM' },
    payout,
  },
  { type: 'load-progress', pool, epoch: 7, loadedBytes: 12 },
  { type: 'stage-ready', pool, epoch: 7, msPerLayer: 0.25 },
  { type: 'spare-warm', pool, start: 2, end: 4 },
  { type: 'spare-failed', pool, start: 2, end: 4 },
  { type: 'stage-failed', pool, epoch: 7, error },
  { type: 'link-down', pool, epoch: 7, peer },
  { type: 'late', pool, peer },
  { type: 'silent', pool, epoch: 7, peer, packets: false },
  { type: 'stood-still', pool, epoch: 7 },
  { type: 'present', at: 1234.5 },
  { type: 'watch', pool },
  { type: 'heartbeat', at: 1234.5, sessions: 1, tokens: 99, rtts: [{ peer, ms: 12 }] },
  { type: 'ask', ask: 3, pool, promptTokens: 40, maxTokens: 256, mode: 'lan' },
  { type: 'ask-cancel', ask: 3 },
  { type: 'ask-done', job, promptTokens: 40, cachedTokens: 0, completionTokens: 12, stats, delivery },
  {
    type: 'job-events',
    events: [
      { type: 'started', job, promptTokens: 40 },
      { type: 'delta', job, choice: 0, text: 'He', ids: [17], logprobs: [{ ...chance, top: [chance] }] },
      { type: 'finished', job, choice: 0, reason: 'stop' },
      { type: 'done', job, cachedTokens: 0, stats },
      { type: 'failed', job, error },
    ],
  },
  { type: 'receipts', job, epoch: 7, receipts: [receipt], delivery },
  { type: 'leave' },
  { type: 'drain' },
];

const serverMessages: ServerMessage[] = [
  { type: 'challenge', nonce: 'ab'.repeat(32), version: 1 },
  {
    type: 'welcome',
    peer,
    iceServers: [{ urls: ['stun:s.example'], username: 'u', credential: 'c' }],
    heartbeatMs: 5000,
    orchestratorKey: 'BA',
    brokerToken: 'b',
    nowSeconds: 1_790_000_000.5,
  },
  {
    type: 'pools',
    pools: [
      { pool, model, peers: 2, state: 'ready', reason: '2 tabs serve 2 layers.' },
      {
        ...{ pool, model, peers: 0, state: 'empty', reason: 'Waits.', policy: 'market' },
        price: { promptMicros: 50_000, completionMicros: 200_000 },
      },
    ],
  },
  {
    type: 'coalition',
    coalition: {
      ...{ pool, model, epoch: 7, state: 'ready' },
      seats: [
        { peer, start: 0, end: 2, backend: 'webgpu', device: 'gpu', totalBytes: 10, loadedBytes: 10, ready: true },
      ],
    },
    ticket: 'a.b',
  },
  { type: 'warm', pool, layers: [{ start: 2, end: 4 }], near: [peer] },
  { type: 'retire', pool, epoch: 7 },
  { type: 'heartbeat-ack', at: 1234.5 },
  { type: 'probe', at: 1234.5 },
  { type: 'gone', peer },
  { type: 'ask-queued', ask: 3, place: 1, waiting: 4, reason: 'Two answers are before this one.' },
  { type: 'ask-granted', ask: 3, job, grant: 'a.b', epoch: 7, plan, heldMicros: 1200 },
  { type: 'ask-refused', ask: 3, error },
  { type: 'ask-settled', job, chargedMicros: 900, receiptId: 'r-1' },
  { type: 'job-start', job, grant: 'a.b', epoch: 7, request },
  { type: 'job-cancel', job },
  { type: 'receipt-request', job, epoch: 7 },
  { type: 'error', error },
];

test.each(clientMessages.map((message) => [message.type, message] as const))(
  '%s of a peer crosses',
  (_type, message) => {
    expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
  },
);

test.each(serverMessages.map((message) => [message.type, message] as const))(
  '%s of the server crosses',
  (_type, message) => {
    expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
  },
);

test('an offer to the commons says nothing of pay; an address is read in any case', () => {
  const { payout: said, ...offer } = clientMessages[1] as ClientMessage & { type: 'offer' };
  expect(parseClientMessage(JSON.stringify(offer))).toEqual(offer);
  const address = `0x${'AB'.repeat(20)}`;
  const heard = parseClientMessage(JSON.stringify({ ...offer, payout: { ...said, address } }));
  expect(heard).toMatchObject({ payout: { address: said?.address } });
  for (const wrong of [
    { ...said, address: '0xab' },
    { ...said, at: -1 },
    { ...said, signature: undefined },
    {},
    null,
  ]) {
    expect(() => parseClientMessage(JSON.stringify({ ...offer, payout: wrong }))).toThrow(badMessage);
  }
});

test('every message of the protocol is in these lists', () => {
  const types = (schema: { def: { options: readonly unknown[] } }) => schema.def.options.length;
  expect(clientMessages).toHaveLength(types(clientMessageSchema as never));
  expect(serverMessages).toHaveLength(types(serverMessageSchema as never));
});

describe('hostile text', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '"leave"',
    '{}',
    '{"type":"constructor"}',
    '{"type":"__proto__"}',
    '{"type":["leave"]}',
    '{"type":"welcome"}',
    `{"type":"watch","model":{"repo":"../../etc","revision":"main","dtype":"q4"}}`,
    `{"type":"heartbeat","at":1e999,"sessions":0,"tokens":0}`,
    `{"type":"heartbeat","at":-1,"sessions":0,"tokens":0}`,
    `{"type":"heartbeat","at":1,"sessions":0.5,"tokens":0}`,
    `{"type":"load-progress","pool":"","epoch":1,"loadedBytes":1}`,
    `{"type":"load-progress","pool":"${'p'.repeat(401)}","epoch":1,"loadedBytes":1}`,
    `{"type":"stage-failed","pool":"p","epoch":1,"error":{"code":"${'c'.repeat(41)}","message":"m"}}`,
    `{"type":"stage-failed","pool":"p","epoch":1,"error":{"code":"internal","message":"${'m'.repeat(501)}"}}`,
  ])('%s is refused', (text) => {
    expect(() => parseClientMessage(text)).toThrow(badMessage);
  });

  test('text above the limit is refused before it is parsed', () => {
    const long = JSON.stringify({ type: 'leave', padding: ' '.repeat(MAX_CONTROL_BYTES) });
    expect(() => parseClientMessage(long)).toThrow(badMessage);
  });

  test('fields that the protocol does not know are dropped', () => {
    expect(parseClientMessage('{"type":"leave","extra":1,"__proto__":{"polluted":1}}')).toEqual({ type: 'leave' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a server message with a field of another type, or without one, is refused', () => {
    for (const message of serverMessages) {
      for (const key of Object.keys(message).filter((name) => name !== 'type')) {
        const without = JSON.stringify({ ...message, [key]: undefined });
        expect(() => parseServerMessage(JSON.stringify({ ...message, [key]: [[]] }))).toThrow(badMessage);
        // A tab that answers alone is granted no stage.
        if (message.type === 'ask-granted' && key === 'grant')
          expect(parseServerMessage(without)).not.toHaveProperty(key);
        else expect(() => parseServerMessage(without)).toThrow(badMessage);
      }
    }
  });

  test('too many seats and a ticket that is no ticket are refused', () => {
    const message = serverMessages[3] as ServerMessage & { type: 'coalition' };
    const { coalition } = message;
    const send = (change: object) => () =>
      parseServerMessage(JSON.stringify({ ...message, coalition: { ...coalition, ...change } }));
    expect(send({ seats: new Array(65).fill(coalition.seats[0]) })).toThrow(badMessage);
    expect(send({})).not.toThrow();
    for (const ticket of ['', 'x'.repeat(4097), 7, undefined]) {
      expect(() => parseServerMessage(JSON.stringify({ ...message, ticket }))).toThrow(badMessage);
    }
  });

  test('messages with random characters overwritten are taken or refused with a PoolError', () => {
    const random = new SeededRandom(21);
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const text = [...JSON.stringify(random.pick(clientMessages))];
      for (let hit = 0; hit < 2; hit++)
        text[random.whole(0, text.length - 1)] = String.fromCharCode(random.whole(0, 255));
      try {
        parseClientMessage(text.join(''));
      } catch (thrown) {
        refused++;
        expect(thrown).toBeInstanceOf(PoolError);
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
