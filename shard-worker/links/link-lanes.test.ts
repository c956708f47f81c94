// Links striped over several connections: who may add one, and that frames keep their order over all of them.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FRAME_HEADER_BYTES } from '../../protocol/frame.ts';
import { SeededRandom } from '../../protocol/test-random.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';
import { type Ends, makeProvedEnds } from './proved-pair.ts';

const FINGERPRINTS = { local: '1'.repeat(64), remote: '2'.repeat(64) };
const MIRRORED = { local: FINGERPRINTS.remote, remote: FINGERPRINTS.local };

const open: Ends[] = [];
afterEach(() => {
  for (const { a, b } of open.splice(0)) {
    a.close();
    b.close();
  }
});

async function proved(changes: Parameters<typeof makeProvedEnds>[0] = {}): Promise<Ends> {
  const ends = await makeProvedEnds(changes);
  open.push(ends);
  return ends;
}

function addLane({ a, b }: Ends, number: number, answererFirst = true): [FakeChannel, FakeChannel] {
  const [atA, atB] = fakeChannelPair();
  if (answererFirst) b.addLane(number, atB, MIRRORED);
  a.addLane(number, atA, FINGERPRINTS);
  if (!answererFirst) setTimeout(() => b.addLane(number, atB, MIRRORED), 10);
  return [atA, atB];
}

/** A frame's header is what orders it: bytes 8 to 11 are its session. */
function frameOf(session: number, salt: number, bytes = FRAME_HEADER_BYTES): Uint8Array {
  const frame = new Uint8Array(bytes);
  new DataView(frame.buffer).setUint32(8, session, true);
  frame[12] = salt;
  return frame;
}

/** Messages arrive late, each by its own time, as over connections of different speed. */
function scatter(channel: FakeChannel, random: SeededRandom): void {
  const deliver = channel.deliver.bind(channel);
  let lastMs = 0;
  channel.deliver = (message) => {
    // One connection keeps its order.
    lastMs = Math.max(lastMs, performance.now() + random.whole(0, 20));
    setTimeout(() => deliver(message), lastMs - performance.now());
  };
}

describe.each([true, false])('a further connection, the answerer’s end first: %s', (answererFirst) => {
  test('becomes a lane of both ends', async () => {
    const ends = await proved();
    addLane(ends, 1, answererFirst);
    await vi.waitFor(() => expect([ends.a.lanes, ends.b.lanes]).toEqual([2, 2]));
  });
});

test('frames of a session keep their order over lanes of different speed, both ways', async () => {
  const ends = await proved();
  const random = new SeededRandom(5);
  for (const number of [1, 2, 3]) for (const channel of addLane(ends, number)) scatter(channel, random);
  await vi.waitFor(() => expect([ends.a.lanes, ends.b.lanes]).toEqual([4, 4]));
  const got = { a: [] as Uint8Array[], b: [] as Uint8Array[] };
  ends.a.listen({ onFrame: (frame) => got.a.push(frame), onClose: () => {} });
  ends.b.listen({ onFrame: (frame) => got.b.push(frame), onClose: () => {} });
  for (let at = 0; at < 60; at++) {
    for (const link of [ends.a, ends.b]) link.send(frameOf(at % 3, at, at % 7 === 0 ? 60_000 : undefined));
  }
  await vi.waitFor(() => expect([got.a.length, got.b.length]).toEqual([60, 60]), { timeout: 60_000 });
  for (const frames of [got.a, got.b]) {
    for (const session of [0, 1, 2]) {
      const salts = frames.filter((frame) => frame[8] === session).map((frame) => frame[12]);
      expect(salts).toEqual(Array.from({ length: 20 }, (_, at) => at * 3 + session));
    }
  }
});

test('a connection with other certificates than were named is closed and never used', async () => {
  const ends = await proved();
  const [atA, atB] = fakeChannelPair();
  ends.b.addLane(1, atB, { ...MIRRORED, remote: '3'.repeat(64) });
  ends.a.addLane(1, atA, FINGERPRINTS);
  await vi.waitFor(() => expect(atB.closed).toBe(true));
  expect(ends.faultsB.map(({ code }) => code)).toEqual(['not-authentic']);
  expect([ends.a.lanes, ends.b.lanes, ends.a.closed, ends.b.closed]).toEqual([1, 1, false, false]);
});

test('a second connection under a number that is taken is closed', async () => {
  const ends = await proved();
  addLane(ends, 1);
  const [, other] = fakeChannelPair();
  ends.b.addLane(1, other, MIRRORED);
  expect(other.closed).toBe(true);
  await vi.waitFor(() => expect(ends.b.lanes).toBe(2));
});

test('what comes over a connection that nobody named closes it, and is not read', async () => {
  const ends = await proved();
  const frames: Uint8Array[] = [];
  ends.b.listen({ onFrame: (frame) => frames.push(frame), onClose: () => {} });
  const [atStranger, atB] = fakeChannelPair();
  ends.b.addLane(1, atB, MIRRORED);
  atStranger.send(new Uint8Array([0xca, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
  await vi.waitFor(() => expect(atB.closed).toBe(true));
  expect([frames, ends.b.closed]).toEqual([[], false]);
});

test('a lane takes no words', async () => {
  const ends = await proved();
  const [, atB] = addLane(ends, 1);
  await vi.waitFor(() => expect(ends.b.lanes).toBe(2));
  atB.deliver(Uint8Array.of(0xcb, 0x7b, 0x7d));
  expect(ends.faultsB.map(({ code }) => code)).toEqual(['bad-frame']);
});

test('a lane that breaks closes its link; one that was never ready does not', async () => {
  const ends = await proved();
  const [, lone] = fakeChannelPair();
  ends.b.addLane(2, lone, MIRRORED);
  lone.close();
  const [atA] = addLane(ends, 1);
  await vi.waitFor(() => expect(ends.a.lanes).toBe(2));
  expect(ends.b.closed).toBe(false);
  atA.close();
  await vi.waitFor(() => expect([ends.a.closed, ends.b.closed]).toEqual([true, true]));
});

test('a link that is closed closes its lanes', async () => {
  const ends = await proved();
  const [atA] = addLane(ends, 1);
  await vi.waitFor(() => expect(ends.a.lanes).toBe(2));
  ends.a.close();
  expect(atA.closed).toBe(true);
});

test('a long link says so once, at its asker, and from then on sends copies, short slices and filler', async () => {
  let saidLong = 0;
  const ends = await proved({ onLong: () => saidLong++ });
  // The round trip is of the first lane alone.
  for (const channel of [ends.channelA, ends.channelB]) {
    const deliver = channel.deliver.bind(channel);
    channel.deliver = (message) => void setTimeout(() => deliver(message), 8);
  }
  await vi.waitFor(() => expect(saidLong).toBe(1), { timeout: 60_000 });
  const channels = addLane(ends, 1);
  await vi.waitFor(() => expect(ends.a.lanes).toBe(2));
  const warmUp = channels[0].sent.filter(([magic]) => magic === 0xcc);
  expect(warmUp.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeGreaterThanOrEqual(64 * 1024);
  const frames: Uint8Array[] = [];
  ends.b.listen({ onFrame: (frame) => frames.push(frame), onClose: () => {} });
  const fragments = () =>
    [ends.channelA, channels[0]].map(({ sent }) => sent.filter(([magic]) => magic === 0xca).length);
  ends.a.send(frameOf(1, 1));
  expect(fragments()).toEqual([1, 1]);
  ends.a.send(frameOf(1, 2, 46_000));
  const counts = fragments();
  expect(counts[0]! + counts[1]!).toBe(2 + 11);
  await vi.waitFor(() => expect(frames.map((frame) => frame[12])).toEqual([1, 2]));
  const filler = () => channels[0].sent.filter((message) => message.byteLength === 1).length;
  await vi.waitFor(() => expect(filler()).toBeGreaterThan(3), { timeout: 60_000 });
});
