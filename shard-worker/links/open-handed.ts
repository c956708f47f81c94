// A channel that a page handed to a worker, as the channel of a link: either it could be transferred, or the page pumps its bytes
// through a port.
import { PoolError } from '../../protocol/errors.ts';
import { fromDataChannel } from './from-data-channel.ts';
import type { MessageChannelLike } from './message-channel.ts';

/** One of the two. */
export interface HandedChannel {
  channel?: RTCDataChannel | undefined;
  port?: MessagePort | undefined;
}

/** Throws `internal` where there is neither. */
export function openHanded({ channel, port }: HandedChannel): MessageChannelLike {
  if (channel) return fromDataChannel(channel);
  if (port) return fromPort(port);
  throw new PoolError('internal', 'A link came without a channel.');
}

/** `null` says that the channel closed. */
function fromPort(port: MessagePort): MessageChannelLike {
  const closers: (() => void)[] = [];
  const listeners: ((message: Uint8Array) => void)[] = [];
  port.addEventListener('message', (event) => {
    if (event.data === null) for (const closer of closers) closer();
    else for (const listener of listeners) listener(new Uint8Array(event.data));
  });
  port.start();
  return {
    // What the page has not sent yet is not known here: a bridged link has no back-pressure but its own bound.
    bufferedAmount: 0,
    onDrained: () => {},
    send: (message) => port.postMessage(message.buffer, [message.buffer]),
    onMessage: (listener) => void listeners.push(listener),
    onClose: (listener) => void closers.push(listener),
    close: () => port.postMessage(null),
  };
}
