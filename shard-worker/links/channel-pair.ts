// Two ends of an in-memory message channel that behaves as a data channel does: in order, in a later task, bytes copied,
// closing told to both ends. For tests of links.
import type { MessageChannelLike } from './message-channel.ts';

export class FakeChannel implements MessageChannelLike {
  bufferedAmount = 0;
  closed = false;
  other: FakeChannel | undefined;
  /** What this end was given to send. */
  readonly sent: Uint8Array[] = [];
  /** Set by a test: the next send throws, as a channel does whose connection broke. */
  isBroken = false;
  readonly #listeners: ((message: Uint8Array) => void)[] = [];
  readonly #closers: (() => void)[] = [];
  readonly #drains: (() => void)[] = [];

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.isBroken || this.closed) throw new DOMException('The channel is not open.', 'InvalidStateError');
    const copy = message.slice();
    this.sent.push(copy);
    setImmediate(() => this.other?.deliver(copy));
  }

  /** As if the far side had sent it. */
  deliver(message: Uint8Array): void {
    if (!this.closed) for (const listener of this.#listeners) listener(message);
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#listeners.push(listener);
  }

  onDrained(_bytes: number, listener: () => void): void {
    this.#drains.push(listener);
  }

  /** As if the line had carried what waited. */
  drain(): void {
    this.bufferedAmount = 0;
    for (const listener of this.#drains) listener();
  }

  onClose(listener: () => void): void {
    this.#closers.push(listener);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    setImmediate(() => {
      for (const closer of this.#closers) closer();
    });
    this.other?.close();
  }
}

export function fakeChannelPair(): [FakeChannel, FakeChannel] {
  const a = new FakeChannel();
  const b = new FakeChannel();
  a.other = b;
  b.other = a;
  return [a, b];
}
