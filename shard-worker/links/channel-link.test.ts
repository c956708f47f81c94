import { afterEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { cutFragments } from '../../protocol/fragment.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { ChannelLink, type ChannelLinkOptions } from './channel-link.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';
import { describeLink, PEER_A, PEER_B } from './link-compliance.ts';

const EPOCH = 7;
const TICKET = '00112233445566778899aabbccddeeff';
const WORD_MAGIC = 0xcb;

interface Ends {
  a: ChannelLink;
  b: ChannelLink;
  channelA: FakeChannel;
  channelB: FakeChannel;
  /** What b complained of. */
  faults: PoolError[];
}

const open: ChannelLink[] = [];
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

/** Two ends; b checks tickets, by default against the right one. */
function makeEnds(checkTicket?: ChannelLinkOptions['checkTicket']): Ends {
  const [channelA, channelB] = fakeChannelPair();
  const faults: PoolError[] = [];
  const check = (epoch: number, ticket: string) => epoch === EPOCH && ticket === TICKET;
  const a = new ChannelLink({ peer: PEER_B, channel: channelA, checkTicket: () => undefined });
  const b = new ChannelLink({
    peer: PEER_A,
    channel: channelB,
    checkTicket: checkTicket ?? check,
    onFault: (error) => faults.push(error),
  });
  open.push(a, b);
  return { a, b, channelA, channelB, faults };
}

async function provedEnds(): Promise<Ends> {
  const ends = makeEnds();
  await ends.a.hello(EPOCH, TICKET);
  return ends;
}

const word = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.of(WORD_MAGIC, ...new TextEncoder().encode(text));
const wordsSent = (channel: FakeChannel): { type: string }[] =>
  channel.sent
    .filter((message) => message[0] === WORD_MAGIC)
    .map((message) => JSON.parse(new TextDecoder().decode(message.subarray(1))));
const linkFailed = expect.objectContaining({ code: 'link-failed' });
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

describeLink('the channel link', async () => {
  const { a, b } = await provedEnds();
  return [a, b];
});

describe('the ticket', () => {
  test('opens its epoch at both ends, and no other', async () => {
    const { a, b } = await provedEnds();
    expect([a.speaks(EPOCH), b.speaks(EPOCH)]).toEqual([true, true]);
    expect([a.speaks(EPOCH + 1), b.speaks(EPOCH + 1)]).toEqual([false, false]);
  });

  test('proved once is not said again', async () => {
    const { a, channelA } = await provedEnds();
    const before = wordsSent(channelA).filter(({ type }) => type === 'hello').length;
    await a.hello(EPOCH, TICKET);
    expect(wordsSent(channelA).filter(({ type }) => type === 'hello')).toHaveLength(before);
  });

  test('that is wrong closes the link, and the asker hears of it at once', async () => {
    const { a, b, faults } = makeEnds();
    const startedMs = performance.now();
    await expect(a.hello(EPOCH, 'f'.repeat(32))).rejects.toEqual(linkFailed);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(b.closed).toBe(true);
    expect(b.speaks(EPOCH)).toBe(false);
    expect(faults.map(({ code }) => code)).toEqual(['not-authentic']);
  });

  test('of an epoch not heard of yet is asked for again until it is known', async () => {
    let known: boolean | undefined;
    const { a, channelA } = makeEnds(() => known);
    const proved = a.hello(EPOCH, TICKET);
    await vi.waitFor(() => expect(wordsSent(channelA).length).toBeGreaterThan(2), { timeout: 2000 });
    expect(a.speaks(EPOCH)).toBe(false);
    known = true;
    await proved;
    expect(a.speaks(EPOCH)).toBe(true);
  });

  test('that nobody answers fails when its time is over', async () => {
    const { a } = makeEnds(() => undefined);
    await expect(a.hello(EPOCH, TICKET, 30)).rejects.toEqual(linkFailed);
  });

  test('of another protocol version is refused', async () => {
    const { b, channelB, faults } = makeEnds();
    const version = PROTOCOL_VERSION + 1;
    channelB.deliver(word(JSON.stringify({ type: 'hello', version, epoch: EPOCH, ticket: TICKET })));
    expect(faults.map(({ code }) => code)).toEqual(['version-mismatch']);
    expect(b.speaks(EPOCH)).toBe(false);
  });

  test('is missing: frames are refused and not kept', async () => {
    const { b, channelB, faults } = makeEnds();
    const frames: Uint8Array[] = [];
    for (const message of cutFragments(0, Uint8Array.of(1, 2, 3))) channelB.deliver(message);
    b.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
    await turn();
    expect(frames).toEqual([]);
    expect(faults.map(({ code }) => code)).toEqual(['not-authentic']);
  });
});

describe('closing', () => {
  test('rejects a hello that waits, at once', async () => {
    const { a } = makeEnds(() => undefined);
    const proved = a.hello(EPOCH, TICKET);
    const rejected = expect(proved).rejects.toEqual(linkFailed);
    const startedMs = performance.now();
    a.close();
    await rejected;
    expect(performance.now() - startedMs).toBeLessThan(50);
  });

  test('before a hello makes it fail at once', async () => {
    const { a } = makeEnds();
    a.close();
    await expect(a.hello(EPOCH, TICKET)).rejects.toEqual(linkFailed);
  });
});

describe('sending', () => {
  test('is refused while the channel’s buffer is full', async () => {
    const { a, channelA } = await provedEnds();
    channelA.bufferedAmount = 40 * 1024 * 1024;
    expect(() => a.send(new Uint8Array(10))).toThrow(linkFailed);
    expect(a.closed).toBe(false);
    channelA.bufferedAmount = 0;
    expect(() => a.send(new Uint8Array(10))).not.toThrow();
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
    expect(a.bytesOut - before).toBe(112);
    await turn();
    expect(b.bytesIn).toBe(channelA.sent.reduce((sum, message) => sum + message.byteLength, 0));
  });
});

describe('the round trip', () => {
  test('is measured at both ends once the ticket is proved', async () => {
    const { a, b } = await provedEnds();
    await vi.waitFor(() => expect(Math.min(a.rttMs, b.rttMs)).toBeGreaterThan(0));
    expect(Math.max(a.rttMs, b.rttMs)).toBeLessThan(1000);
  });

  test('does not take a pong for more than a minute or less than nothing', async () => {
    const { b, channelB } = makeEnds();
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() - 120_000 })));
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() + 120_000 })));
    expect(b.rttMs).toBe(0);
    channelB.deliver(word(JSON.stringify({ type: 'pong', at: performance.now() - 80 })));
    expect(b.rttMs).toBeGreaterThanOrEqual(80);
    expect(b.rttMs).toBeLessThan(120);
  });

  test('is the least of the last samples, because a busy worker answers late; what was long ago is forgotten', () => {
    const { b, channelB } = makeEnds();
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
    ['a hello without ticket', word('{"type":"hello","version":1,"epoch":7}')],
    ['a word above the limit', word(JSON.stringify({ type: 'ping', at: 1, padding: 'x'.repeat(1024) }))],
  ])('%s is a fault and no more', (_what, message) => {
    const { b, channelB, faults } = makeEnds();
    channelB.deliver(message);
    expect(faults.map(({ code }) => code)).toEqual(['bad-frame']);
    expect(b.closed).toBe(false);
  });

  test('5,000 random messages are faults or nothing, and a frame still comes through after them', async () => {
    const { a, b, channelB, faults } = await provedEnds();
    const random = new SeededRandom(31);
    const frames: Uint8Array[] = [];
    b.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
    for (let round = 0; round < 5000; round++) {
      const message = random.bytes(random.whole(0, 60));
      if (message.length > 0) message[0] = random.pick([0xca, 0xcb, message[0]!]);
      channelB.deliver(message);
    }
    for (const fault of faults) expect(fault).toBeInstanceOf(PoolError);
    frames.length = 0;
    a.send(Uint8Array.of(5, 6));
    await vi.waitFor(() => expect(frames).toEqual([Uint8Array.of(5, 6)]));
  });
});
