import { afterEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import type { ChannelLink } from './channel-link.ts';
import type { FakeChannel } from './channel-pair.ts';
import { describeLink } from './link-compliance.ts';
import { type Ends, EPOCH, IDENTITY_A, IDENTITY_B, makeEnds, makeProvedEnds, TICKET_B } from './proved-pair.ts';

const WORD_MAGIC = 0xcb;

const open: ChannelLink[] = [];
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

/** Closed when the test is over. */
function keep(ends: Ends): Ends {
  open.push(ends.a, ends.b);
  return ends;
}

const newEnds = (...changes: Parameters<typeof makeEnds>): Ends => keep(makeEnds(...changes));
const provedEnds = async (): Promise<Ends> => keep(await makeProvedEnds());

const word = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.of(WORD_MAGIC, ...new TextEncoder().encode(text));
const wordsSent = (channel: FakeChannel): { type: string }[] =>
  channel.sent
    .filter((message) => message[0] === WORD_MAGIC)
    .map((message) => JSON.parse(new TextDecoder().decode(message.subarray(1))));
/** Right in form and wrong in all else. */
const WELCOME = JSON.stringify({
  type: 'welcome',
  version: PROTOCOL_VERSION,
  epoch: EPOCH,
  nonce: '0'.repeat(32),
  publicKey: 'AAAA',
  signature: 'AAAA',
  ticket: 'AAAA',
});
const linkFailed = expect.objectContaining({ code: 'link-failed' });
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

describeLink('the channel link', async () => {
  const { a, b } = await provedEnds();
  return [a, b];
}, [IDENTITY_A.peer, IDENTITY_B.peer]);

describe('hello', () => {
  test('opens the epoch at both ends, and no other', async () => {
    const { a, b } = await provedEnds();
    expect([a.speaks(EPOCH), b.speaks(EPOCH)]).toEqual([true, true]);
    expect([a.speaks(EPOCH + 1), b.speaks(EPOCH + 1)]).toEqual([false, false]);
  });

  test('proved once is not said again', async () => {
    const { a, channelA } = await provedEnds();
    const before = wordsSent(channelA).filter(({ type }) => type === 'hello').length;
    await a.hello();
    expect(wordsSent(channelA).filter(({ type }) => type === 'hello')).toHaveLength(before);
  });

  test('of an epoch not heard of yet is said again, the same, until it is known', async () => {
    let ticket: string | undefined;
    const { a, channelA, channelB } = newEnds({}, { ticketOf: () => ticket });
    const proved = a.hello();
    await vi.waitFor(() => expect(wordsSent(channelA).length).toBeGreaterThan(2), { timeout: 60_000 });
    expect(a.speaks(EPOCH)).toBe(false);
    expect(wordsSent(channelB).filter(({ type }) => type !== 'ping' && type !== 'pong')).toEqual([]);
    ticket = TICKET_B;
    await proved;
    const hellos = wordsSent(channelA).filter(({ type }) => type === 'hello');
    expect(new Set(hellos.map((hello) => JSON.stringify(hello))).size).toBe(1);
    expect(a.speaks(EPOCH)).toBe(true);
  });

  test('said twice before the answer is there is answered once', async () => {
    const { a, b, channelA, channelB } = newEnds();
    const proved = a.hello();
    channelB.deliver(channelA.sent[0]!);
    await proved;
    await vi.waitFor(() => expect(b.speaks(EPOCH)).toBe(true));
    expect(wordsSent(channelB).filter(({ type }) => type === 'welcome')).toHaveLength(1);
  });

  test('of another epoch than the link’s gets no answer', async () => {
    const { a, channelB } = newEnds({ epoch: EPOCH + 1 });
    await expect(a.hello(150)).rejects.toEqual(linkFailed);
    expect(channelB.sent).toEqual([]);
  });

  test('that nobody answers fails when its time is over, and the link with it', async () => {
    const { a } = newEnds({}, { ticketOf: () => undefined });
    await expect(a.hello(30)).rejects.toEqual(linkFailed);
    expect(a.closed).toBe(true);
  });

  test('of another protocol version is answered, and the asker hears at once that versions differ', async () => {
    const { a, b, channelA, channelB, faultsB } = newEnds({}, { ticketOf: () => undefined });
    const proved = expect(a.hello()).rejects.toMatchObject({ code: 'version-mismatch' });
    const startedMs = performance.now();
    channelB.deliver(word(JSON.stringify({ type: 'hello', version: PROTOCOL_VERSION + 1, more: [] })));
    await proved;
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(faultsB.map(({ code }) => code)).toEqual(['version-mismatch']);
    expect([wordsSent(channelB)[0], channelA.closed]).toEqual([{ type: 'refuse', version: PROTOCOL_VERSION }, true]);
    expect(b.speaks(EPOCH)).toBe(false);
  });

  test('answered by another protocol version fails at once', async () => {
    const { a, channelA } = newEnds({}, { ticketOf: () => undefined });
    const proved = expect(a.hello()).rejects.toMatchObject({ code: 'version-mismatch' });
    channelA.deliver(word(JSON.stringify({ type: 'welcome', version: PROTOCOL_VERSION + 1 })));
    await proved;
  });

  test('without a ticket of its own is not said at all', async () => {
    const { a, channelA } = newEnds({ ticketOf: () => undefined });
    await expect(a.hello()).rejects.toMatchObject({ code: 'ticket-refused' });
    expect([a.closed, channelA.sent]).toEqual([true, []]);
  });

  test('is not for the side that is asked', async () => {
    const { b } = newEnds();
    await expect(b.hello()).rejects.toMatchObject({ code: 'internal' });
  });

  test('that never comes ends an incoming link after 15 s', () => {
    vi.useFakeTimers();
    try {
      const { b } = newEnds();
      vi.advanceTimersByTime(14_000);
      expect(b.closed).toBe(false);
      vi.advanceTimersByTime(2000);
      expect(b.closed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('closing', () => {
  test('rejects a hello that waits, at once', async () => {
    const { a } = newEnds({}, { ticketOf: () => undefined });
    const proved = a.hello();
    const rejected = expect(proved).rejects.toEqual(linkFailed);
    const startedMs = performance.now();
    a.close();
    await rejected;
    expect(performance.now() - startedMs).toBeLessThan(50);
  });

  test('before a hello makes it fail at once', async () => {
    const { a } = newEnds();
    a.close();
    await expect(a.hello()).rejects.toEqual(linkFailed);
  });
});

describe('sending', () => {
  test('waits while the channel’s buffer is full, and is refused when too much waits', async () => {
    const { a, b, channelA } = await provedEnds();
    const frames: number[] = [];
    b.listen({ onFrame: ({ byteLength }) => frames.push(byteLength), onClose: () => {} });
    channelA.bufferedAmount = 100 * 1024;
    a.send(new Uint8Array(MAX_FRAME_BYTES));
    a.send(new Uint8Array(10));
    expect(() => a.send(new Uint8Array(MAX_FRAME_BYTES))).toThrow(linkFailed);
    await turn();
    expect([a.closed, frames]).toEqual([false, []]);
    channelA.drain();
    await vi.waitFor(() => expect(frames).toEqual([MAX_FRAME_BYTES, 10]));
  });

  test('over a broken channel fails and closes the link', async () => {
    const { a, channelA } = await provedEnds();
    channelA.isBroken = true;
    expect(() => a.send(new Uint8Array(10))).toThrow(linkFailed);
    expect(a.closed).toBe(true);
  });

  test('counts bytes with their headers', async () => {
    const { a, b, channelA } = await provedEnds();
    const before = a.bytesOut;
    a.send(new Uint8Array(100));
    expect(a.bytesOut - before).toBe(116);
    await turn();
    expect(b.bytesIn).toBe(channelA.sent.reduce((sum, message) => sum + message.byteLength, 0));
  });
});

describe('the round trip', () => {
  test('is measured at both ends once both are proved', async () => {
    const { a, b } = await provedEnds();
    await vi.waitFor(() => expect(Math.min(a.rttMs, b.rttMs)).toBeGreaterThan(0));
    expect(Math.max(a.rttMs, b.rttMs)).toBeLessThan(1000);
  });

  test('does not take a pong for more than a minute or less than nothing', async () => {
    const { b, channelB } = newEnds();
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() - 120_000 })));
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() + 120_000 })));
    expect(b.rttMs).toBe(0);
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() - 80 })));
    expect(b.rttMs).toBeGreaterThanOrEqual(80);
    expect(b.rttMs).toBeLessThan(120);
  });

  test('is the least of the last samples, because a busy worker answers late; what was long ago is forgotten', () => {
    const { b, channelB } = newEnds();
    const pong = (agoMs: number) =>
      channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() - agoMs })));
    for (const agoMs of [300, 100, 500]) pong(agoMs);
    expect(b.rttMs).toBeGreaterThanOrEqual(100);
    expect(b.rttMs).toBeLessThan(200);
    for (let count = 0; count < 16; count++) pong(400);
    expect(b.rttMs).toBeGreaterThanOrEqual(400);
  });
});

describe('hostile messages', () => {
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['another magic', Uint8Array.of(1, 2, 3)],
    ['a word that is no JSON', word('{')],
    ['a word that is no UTF-8', Uint8Array.of(WORD_MAGIC, 0xff, 0xfe)],
    ['a word of no type', word('{}')],
    ['an unknown word', word('{"type":"__proto__"}')],
    ['a hello without nonce', word(JSON.stringify({ type: 'hello', version: PROTOCOL_VERSION, epoch: 7 }))],
    ['a welcome that nobody waits for', word(WELCOME)],
    ['a refusal that nobody waits for', word('{"type":"refuse","version":2}')],
    ['a word above the limit', word(JSON.stringify({ type: 'ping', at: 1, padding: 'x'.repeat(6000) }))],
  ])('%s is a fault and no more', (_what, message) => {
    const { b, channelB, faultsB } = newEnds();
    channelB.deliver(message);
    expect(faultsB.map(({ code }) => code)).toEqual(['bad-frame']);
    expect(b.closed).toBe(false);
  });

  test('some random messages are faults or nothing, and a frame still comes through after them; many close the link', async () => {
    const { a, b, channelB, faultsB } = await provedEnds();
    const random = new SeededRandom(31);
    const frames: Uint8Array[] = [];
    b.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
    const deliver = (): void => {
      const message = random.bytes(random.whole(0, 60));
      if (message.length > 0) message[0] = random.pick([0xca, 0xcb, message[0]!]);
      channelB.deliver(message);
    };
    while (faultsB.length < 63) deliver();
    for (const fault of faultsB) expect(fault).toBeInstanceOf(PoolError);
    frames.length = 0;
    a.send(Uint8Array.of(5, 6));
    await vi.waitFor(() => expect(frames).toEqual([Uint8Array.of(5, 6)]));
    for (let round = 0; round < 5000; round++) deliver();
    expect(b.closed).toBe(true);
    expect(faultsB.map(({ code }) => code).slice(63)).toEqual(['bad-frame', 'link-failed']);
  });
});

test('B8: a path that looks long is told when it was measured often, a short one at once', async () => {
  const { a } = await provedEnds();
  a.noteDistance(306);
  expect([a.isRttSure, a.rttMs]).toEqual([false, 306]);
  a.noteDistance(12);
  expect([a.isRttSure, a.rttMs]).toEqual([true, 12]);
  for (let count = 0; count < 6; count += 1) a.noteDistance(306);
  expect([a.isRttSure, a.rttMs]).toEqual([true, 306]);
});
