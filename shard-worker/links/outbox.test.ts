import { expect, test } from 'vitest';
import { FakeChannel } from './channel-pair.ts';
import { Outbox } from './outbox.ts';

/** Lanes that take what they are given and send it when a test drains them. */
class SlowChannel extends FakeChannel {
  override send(message: Uint8Array<ArrayBuffer>): void {
    super.send(message);
    this.bufferedAmount += message.byteLength;
  }
}

function newOutbox(lanes: number): { outbox: Outbox; lanes: SlowChannel[] } {
  const outbox = new Outbox((lane, message) => lane.send(message));
  const channels = Array.from({ length: lanes }, () => new SlowChannel());
  for (const channel of channels) outbox.addLane(channel);
  return { outbox, lanes: channels };
}

const messages = (count: number, bytes: number, salt = 0): Uint8Array<ArrayBuffer>[] =>
  Array.from({ length: count }, (_, at) => new Uint8Array(bytes).fill(salt + at, 0, 1));

test('one frame is spread evenly over all lanes', () => {
  const { outbox, lanes } = newOutbox(5);
  outbox.send(1, messages(20, 4600), 1);
  expect(lanes.map(({ sent }) => sent.length)).toEqual([4, 4, 4, 4, 4]);
});

test('a copied message goes over two lanes, and over one where there is one', () => {
  const { outbox, lanes } = newOutbox(3);
  outbox.send(1, messages(1, 100, 7), 2);
  expect(lanes.filter(({ sent }) => sent.length === 1)).toHaveLength(2);
  const single = newOutbox(1);
  single.outbox.send(1, messages(1, 100), 2);
  expect(single.lanes[0]!.sent).toHaveLength(1);
});

test('a lane that is full gets nothing until it has drained, and then the rest in order', () => {
  const { outbox, lanes } = newOutbox(1);
  outbox.send(1, messages(40, 4096), 1);
  const before = lanes[0]!.sent.length;
  expect(before).toBeLessThan(40);
  while (lanes[0]!.sent.length < 40) {
    const sent = lanes[0]!.sent.length;
    lanes[0]!.drain();
    expect(lanes[0]!.sent.length).toBeGreaterThan(sent);
  }
  expect(lanes[0]!.sent.map(([first]) => first)).toEqual(Array.from({ length: 40 }, (_, at) => at));
});

test('a short frame of another session does not wait for the rest of a long one', () => {
  const { outbox, lanes } = newOutbox(1);
  outbox.send(1, messages(100, 4096), 1);
  const before = lanes[0]!.sent.length;
  outbox.send(2, messages(1, 10, 200), 1);
  lanes[0]!.drain();
  const at = lanes[0]!.sent.findIndex(([first]) => first === 200);
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(before + 1);
});

test('what waits is bounded; what was refused is not sent in part, and room comes back', () => {
  const { outbox, lanes } = newOutbox(1);
  const large = () => messages(1024, 16 * 1024);
  outbox.send(1, large(), 1);
  outbox.send(2, large(), 1);
  const sent = lanes[0]!.sent.length;
  expect(() => outbox.send(3, large(), 1)).toThrow(expect.objectContaining({ code: 'link-failed' }));
  expect(lanes[0]!.sent.length).toBe(sent);
  while (lanes[0]!.sent.length < 2048) lanes[0]!.drain();
  outbox.send(3, large(), 1);
});
