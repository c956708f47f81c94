// An entry stage that answers the jobs it is given with nonsense, lies or silence: whoever asked gets a typed error or an
// answer, the process lives, and no hold stays behind. Also with a key that is good, so that bodies reach the dispatcher.

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientMessage } from '../../protocol/control.ts';
import type { JobId } from '../../protocol/ids.ts';
import { seededRandom } from '../../protocol/test-random.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { accountOwner } from '../ledger/owner.ts';
import { testReader } from '../models/test-reader.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { hostileBody } from './test-hostile.ts';
import { TestPeer } from './test-peer.ts';

const CHAT = { model: DEFAULT_MODEL.repo, messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 };
const STATS = {
  ...{ epoch: 1, route: [], returnHopMs: 0, lapMs: 1, laps: 1, drafted: 0, accepted: 0, drafter: 'none' },
  ...{ tokensPerSecond: 1, timeToFirstTokenMs: 1, totalMs: 1 },
};

const MANIFEST = manifestOf({ maxContext: 512 });
let server: RunningServer;
let authorization: string;

beforeAll(async () => {
  server = await startServer({
    canary: false,
    ...{ logger: 'silent', ratePerMinute: 1_000_000, reader: testReader(MANIFEST) },
    timing: { joinDebounceMs: 5, leaveDebounceMs: 5, receiptTimeoutMs: 50, desertedMs: 300 },
  });
  const { accounts, ledger } = server.platform;
  const { id } = await accounts.register({ name: 'hostile', password: 'a long enough password' });
  await ledger.welcome(accountOwner(id), 'test');
  authorization = `Bearer ${(await accounts.createKey(id, 'fuzz')).key}`;
}, OPEN_TIMEOUT_MS);
afterAll(() => server.close());

const request = (body: string): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(20_000),
  });

async function noHolds(): Promise<void> {
  await expect.poll(async () => (await server.platform.ledger.totals()).openHolds, { timeout: 60_000 }).toBe(0);
  const { availableMicros, heldMicros, issuedMicros } = await server.platform.ledger.totals();
  expect(heldMicros).toBe(0);
  expect(availableMicros).toBe(issuedMicros);
}

/** A tab that serves all layers, by its own word. */
async function entry(): Promise<TestPeer> {
  const peer = await TestPeer.join(server.url);
  peer.offer(MANIFEST);
  const { epoch } = await peer.coalition('forming', 1);
  peer.ready(epoch);
  await peer.coalition('ready', 1);
  return peer;
}

const events = (job: JobId): Extract<ClientMessage, { type: 'job-events' }>['events'] =>
  [
    { type: 'started', job, promptTokens: 5 },
    { type: 'delta', job, choice: 0, text: 'a', ids: [1] },
    { type: 'delta', job, choice: 7, text: 'b', ids: [1, 2, 3, 4, 5, 6] },
    { type: 'finished', job, choice: 0, reason: 'stop' },
    { type: 'finished', job, choice: 9, reason: 'length' },
    { type: 'done', job, cachedTokens: 9999, stats: STATS },
    { type: 'failed', job, error: { code: 'made-up', message: 'x' } },
    { type: 'failed', job, error: { code: 'stage-left', message: 'x' } },
  ] as never;

it('answers every body of a known caller with a typed error or an answer', { timeout: 300_000 }, async () => {
  const random = seededRandom(7);
  for (let round = 0; round < 60; round++) {
    const response = await request(hostileBody(random, [CHAT, { ...CHAT, n: 2, stop: 'x' }]) as string);
    const text = await response.text();
    expect(response.status, text.slice(0, 300)).not.toBe(500);
    expect(text).not.toMatch(/node_modules|node:internal/);
  }
  await noHolds();
});

it('outlives an entry that says anything at all', { timeout: 300_000 }, async () => {
  const random = seededRandom(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const statuses = new Set<number>();
  for (let round = 0; round < 12; round++) {
    const peer = await entry();
    const answer = request(JSON.stringify({ ...CHAT, stream: round % 2 === 0 }));
    const { job, epoch } = await peer.next('job-start');
    for (let word = 0; word < 6; word++) {
      const list = events(job);
      if (random() < 0.3) peer.sendText(hostileBody(random, [{ type: 'job-events', events: [pick(list)] }]) as string);
      else peer.send({ type: 'job-events', events: [pick(list)] });
      peer.send({ type: 'receipts', job, epoch, receipts: [] });
    }
    // It vanishes, or says that it is done; where it had been let go before, nobody listens.
    if (random() < 0.5) peer.socket.terminate();
    else peer.send({ type: 'job-events', events: [events(job)[5]!] });
    // Nobody is left: whoever asked is told so.
    setTimeout(() => peer.socket.terminate(), 200);
    const response = await answer;
    const text = await response.text();
    expect(text).not.toMatch(/node_modules|node:internal/);
    // What a stranger's tab does wrong is no fault of the server.
    expect(response.status, text).not.toBe(500);
    if (response.status >= 400) expect(JSON.parse(text).error.message.length, text).toBeGreaterThan(10);
    statuses.add(response.status);
    await peer.closed;
  }
  // Answers, failures and refusals: the courses were not all the same.
  expect(statuses.size).toBeGreaterThan(1);
  await noHolds();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
