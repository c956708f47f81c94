import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import type { QueuePlace, Settlement } from '../words/peer-state.ts';
import { AskClient } from './ask-client.ts';

const MODEL = { repo: 'acme/model', revision: 'main', dtype: 'q4' } as const;
const WISH = { pool: poolIdOf(MODEL), promptTokens: 9, maxTokens: 20 };
const JOB = 'a'.repeat(32) as JobId;
const USAGE = { promptTokens: 9, cachedTokens: 0, completionTokens: 3 };

function openClient() {
  const sent: ClientMessage[] = [];
  const settled: Settlement[] = [];
  const client = new AskClient({ send: (message) => void sent.push(message) });
  const hear = (settlement: Settlement): void => void settled.push(settlement);
  return { client, sent, settled, hear };
}

const granted = (ask: number, job = JOB): ServerMessage => ({
  type: 'ask-granted',
  ask,
  job,
  grant: 'grant',
  epoch: 3,
  plan: {
    mode: 'lan',
    driver: 'here',
    local: false,
    drafter: 'none',
    stages: 2,
    reason: '',
    predicted: { tokensPerSecond: 1, timeToFirstTokenMs: 1 },
    rejected: [],
  },
  heldMicros: 5,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('asked, queued, granted: each ask hears of itself alone', async () => {
  const { client, sent } = openClient();
  const places: QueuePlace[] = [];
  const [one, two] = [client.request(WISH, { onQueue: (place) => void places.push(place) }), client.request(WISH)];
  expect(sent).toMatchObject([
    { type: 'ask', ask: 1, promptTokens: 9 },
    { type: 'ask', ask: 2 },
  ]);
  client.hear({ type: 'ask-queued', ask: 1, place: 2, waiting: 5, reason: 'Full.' });
  expect(places).toEqual([{ place: 2, waiting: 5, reason: 'Full.' }]);
  client.hear(granted(2));
  client.hear(granted(99));
  expect((await two).ask).toBe(2);
  // A queue may be long: what was said of an ask is the answer that is waited for.
  await vi.advanceTimersByTimeAsync(120_000);
  client.hear(granted(1));
  expect((await one).grant).toBe('grant');
  expect(vi.getTimerCount()).toBe(0);
});

test('a refusal keeps its code and data', async () => {
  const { client } = openClient();
  const asked = client.request(WISH);
  client.hear({
    type: 'ask-refused',
    ask: 1,
    error: { code: 'insufficient-credits', message: 'No.', data: { holds: 4 } },
  });
  await expect(asked).rejects.toMatchObject({ code: 'insufficient-credits', data: { holds: 4 } });
});

test('giving up tells the server, before and while it waits', async () => {
  const { client, sent } = openClient();
  const abort = new AbortController();
  const asked = client.request(WISH, { signal: abort.signal });
  abort.abort();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  expect(sent).toMatchObject([{ type: 'ask' }, { type: 'ask-cancel', ask: 1 }]);
  await expect(client.request(WISH, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  expect(sent).toHaveLength(2);
});

test('an abort after the grant is not the client’s: the answer ends it', async () => {
  const { client, sent } = openClient();
  const abort = new AbortController();
  const asked = client.request(WISH, { signal: abort.signal });
  client.hear(granted(1));
  await asked;
  abort.abort();
  expect(sent).toHaveLength(1);
});

test('a server that says nothing is not waited for; a reconnection asks again', async () => {
  const { client, sent } = openClient();
  const asked = client.request(WISH);
  const refused = expect(asked).rejects.toMatchObject({ code: 'link-failed' });
  await vi.advanceTimersByTimeAsync(20_000);
  client.welcome();
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
  await vi.advanceTimersByTimeAsync(29_000);
  await vi.advanceTimersByTimeAsync(1_000);
  await refused;
});

test('B9: while the server is away an ask waits, and is said again once somebody could answer', async () => {
  const { client, sent } = openClient();
  const held: boolean[] = [];
  const hooks = { onHeld: (isHeld: boolean) => void held.push(isHeld) };
  const early = client.request(WISH, hooks);
  client.hold();
  const late = client.request(WISH, hooks);
  await vi.advanceTimersByTimeAsync(600_000);
  client.welcome();
  expect(sent).toMatchObject([{ ask: 1 }]);
  client.resume();
  expect(sent).toMatchObject([{ ask: 1 }, { ask: 1 }, { ask: 2 }]);
  expect(held).toEqual([true, true, false, false]);
  client.hear(granted(1));
  client.hear(granted(2));
  expect([(await early).ask, (await late).ask]).toEqual([1, 2]);
  expect(vi.getTimerCount()).toBe(0);
});

test('B9: an ask that is refused because the server ends waits for the next one', async () => {
  const { client, sent } = openClient();
  const asked = client.request(WISH);
  client.hear({ type: 'ask-refused', ask: 1, error: { code: 'shutting-down', message: 'Restarting.' } });
  client.hold();
  client.welcome();
  expect(sent).toHaveLength(1);
  client.resume();
  expect(sent).toHaveLength(2);
  client.hear(granted(1));
  expect((await asked).grant).toBe('grant');
});

test('an ended answer is told until it is settled', async () => {
  const { client, sent, settled, hear } = openClient();
  const done = client.done({ job: JOB, ...USAGE }, 1000, hear);
  expect(sent).toMatchObject([{ type: 'ask-done', job: JOB, completionTokens: 3 }]);
  client.welcome();
  expect(sent[1]).toEqual(sent[0]);
  client.hear({ type: 'ask-settled', job: JOB, chargedMicros: 12, receiptId: 'r1' });
  expect(await done).toEqual({ job: JOB, chargedMicros: 12, receiptId: 'r1' });
  client.welcome();
  expect(sent).toHaveLength(2);
  expect(settled).toHaveLength(1);
});

test('a slow settlement is shown when it comes and not waited for', async () => {
  const { client, settled, hear } = openClient();
  const done = client.done({ job: JOB, ...USAGE }, 1000, hear);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await done).toBeUndefined();
  client.hear({ type: 'ask-settled', job: JOB, chargedMicros: 0, receiptId: 'r2' });
  expect(settled).toEqual([{ job: JOB, chargedMicros: 0, receiptId: 'r2' }]);
});

test('what is told again is bounded', () => {
  const { client, sent } = openClient();
  for (let index = 0; index < 20; index++) {
    void client.done({ job: index.toString(16).padStart(32, '0') as JobId, ...USAGE }, 10);
  }
  sent.length = 0;
  client.welcome();
  expect(sent).toHaveLength(8);
  expect(sent[7]).toMatchObject({ job: (19).toString(16).padStart(32, '0') });
});

test('closing rejects all that wait', async () => {
  const { client } = openClient();
  const asked = client.request(WISH);
  client.close(new PoolError('cancelled', 'left'));
  await expect(asked).rejects.toMatchObject({ code: 'cancelled', message: 'left' });
  expect(vi.getTimerCount()).toBe(0);
});

test('what nobody waits for any more is given back, also after the server was away', async () => {
  const { client, sent } = openClient();
  const late = client.request(WISH);
  late.catch(() => {});
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sent.at(-1)).toEqual({ type: 'ask-cancel', ask: 1 });
  client.hear(granted(1));
  expect(sent.filter(({ type }) => type === 'ask-cancel')).toHaveLength(2);
  client.hold();
  const abort = new AbortController();
  client.request(WISH, { signal: abort.signal }).catch(() => {});
  abort.abort();
  sent.length = 0;
  client.welcome();
  expect(sent).toEqual([1, 2].map((ask) => ({ type: 'ask-cancel', ask })));
  client.resume();
  const asked = client.request(WISH);
  client.hear(granted(3));
  expect((await asked).job).toBe(JOB);
  sent.length = 0;
  client.hear(granted(3));
  expect(sent, 'it is told twice').toEqual([]);
});
