import { expect, test } from 'vitest';
import type { MessageChannelLike } from '../links/message-channel.ts';
import { encodePulse, parsePulse } from './pulse-words.ts';
import { Sentinel, TICK_MS } from './sentinel.ts';

/** A channel whose other end answers while it is told to. */
class Channel implements MessageChannelLike {
  bufferedAmount = 0;
  isAnswering = true;
  isClosed = false;
  readonly #listeners: ((message: Uint8Array) => void)[] = [];
  readonly #closers: (() => void)[] = [];

  send(message: Uint8Array): void {
    if (this.isClosed) throw new DOMException('closed', 'InvalidStateError');
    const word = parsePulse(message);
    if (word?.kind !== 'ping' || !this.isAnswering) return;
    for (const listener of this.#listeners) listener(encodePulse({ ...word, kind: 'pong' }));
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#listeners.push(listener);
  }

  onDrained(): void {}

  onClose(listener: () => void): void {
    this.#closers.push(listener);
  }

  close(): void {
    this.isClosed = true;
    for (const closer of this.#closers) closer();
  }
}

function watching(count: number) {
  let nowMs = 1000;
  const told: string[] = [];
  const sentinel = new Sentinel(
    ({ id, state }) => void told.push(`${id} ${state}`),
    () => nowMs,
  );
  const channels = Array.from({ length: count }, (_, id) => {
    const channel = new Channel();
    sentinel.watch(id, channel);
    return channel;
  });
  const pass = (ms: number, tickMs = TICK_MS): void => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
      nowMs += tickMs;
      sentinel.tick();
    }
  };
  return { sentinel, told, channels, pass };
}

test('tells of each link when its state changes, once', () => {
  const { told, channels, pass } = watching(3);
  pass(5000);
  expect(told).toEqual([]);
  channels[1]!.isAnswering = false;
  pass(2000);
  expect(told).toEqual(['1 late']);
  pass(3000);
  expect(told).toEqual(['1 late', '1 silent']);
  channels[1]!.isAnswering = true;
  pass(1000);
  expect(told).toEqual(['1 late', '1 silent', '1 alive']);
});

test('a tab that slept blames nobody, however late its clock', () => {
  const { told, channels, pass } = watching(2);
  pass(2000);
  for (const channel of channels) channel.isAnswering = false;
  pass(60_000, 3000);
  expect(told).toEqual([]);
  pass(1250);
  expect(told).toEqual([]);
  pass(500);
  expect(told).toEqual(['0 late', '1 late']);
});

test('a link that is over, or closed under it, is watched no more', () => {
  const { sentinel, told, channels, pass } = watching(2);
  pass(1000);
  channels[0]!.isAnswering = false;
  sentinel.unwatch(0);
  channels[1]!.close();
  pass(10_000);
  expect([told, channels.map(({ isClosed }) => isClosed)]).toEqual([[], [true, true]]);
});

test('takes as many as a tab has connections, and closes what is more', () => {
  const { channels } = watching(260);
  expect(channels.filter(({ isClosed }) => isClosed)).toHaveLength(4);
});
