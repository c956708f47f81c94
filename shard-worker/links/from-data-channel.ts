// A raw RTCDataChannel as the channel of a link.
import type { MessageChannelLike } from './message-channel.ts';

/** Messages that wait for a channel to open: a hello each 100 ms for as long as a link may take. */
const MAX_EARLY_MESSAGES = 512;

export function fromDataChannel(channel: RTCDataChannel): MessageChannelLike {
  channel.binaryType = 'arraybuffer';
  // Only words of the link itself can come this early: frames wait for the hello.
  const early: Uint8Array<ArrayBuffer>[] = [];
  channel.addEventListener('open', () => {
    for (const message of early.splice(0)) channel.send(message);
  });
  return {
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send(message) {
      if (channel.readyState !== 'connecting') channel.send(message);
      else if (early.length < MAX_EARLY_MESSAGES) early.push(message);
    },
    onMessage(listener) {
      channel.addEventListener('message', (event) => {
        if (event.data instanceof ArrayBuffer) listener(new Uint8Array(event.data));
      });
    },
    onDrained(bytes, listener) {
      channel.bufferedAmountLowThreshold = bytes;
      channel.addEventListener('bufferedamountlow', listener);
    },
    onClose: (listener) => channel.addEventListener('close', listener),
    close: () => channel.close(),
  };
}
