import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { HandedChannel } from '../worker/worker-api.ts';
import { handOverChannel } from './hand-over-channel.ts';

/** A data channel as far as a bridge needs it. */
class FakeDataChannel extends EventTarget {
  binaryType = 'blob';
  readyState: RTCDataChannelState = 'connecting';
  readonly sent: number[][] = [];

  send(message: ArrayBuffer): void {
    this.sent.push([...new Uint8Array(message)]);
  }

  open(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }

  close(): void {
    this.readyState = 'closed';
    this.dispatchEvent(new Event('close'));
  }
}

type Call = { handed: HandedChannel; transfer: Transferable[] };

/** A worker that takes channels; `refuse` may throw as the first post does. */
function makeWorker(refuse: (handed: HandedChannel) => void = () => {}) {
  const calls: Call[] = [];
  const give = (handed: HandedChannel, transfer: Transferable[]) =>
    Promise.resolve().then(() => {
      refuse(handed);
      calls.push({ handed, transfer });
    });
  const channel = new FakeDataChannel();
  return { calls, channel, handOver: () => handOverChannel(channel as unknown as RTCDataChannel, give) };
}

/** Firefox. */
const noTransfer = (handed: HandedChannel): void => {
  if (handed.channel) throw new DOMException('Not transferable.', 'DataCloneError');
};

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

test('a channel is transferred where it can be', async () => {
  const { calls, channel, handOver } = makeWorker();
  await handOver();
  expect(calls).toEqual([{ handed: { channel }, transfer: [channel] }]);
});

test('what the worker refuses is told and not tried another way', async () => {
  const { calls, handOver } = makeWorker(() => {
    throw new PoolError('ticket-refused', 'No.');
  });
  await expect(handOver()).rejects.toMatchObject({ code: 'ticket-refused' });
  expect(calls).toEqual([]);
});

test('where it cannot be transferred the page carries bytes both ways, and the end', async () => {
  const { calls, channel, handOver } = makeWorker(noTransfer);
  await handOver();
  const { port } = calls[0]!.handed;
  expect(calls[0]).toEqual({ handed: { port }, transfer: [port] });
  expect(channel.binaryType).toBe('arraybuffer');
  const heard: unknown[] = [];
  port!.addEventListener('message', ({ data }) => heard.push(data && [...new Uint8Array(data)]));
  port!.start();
  // Said before the channel is open.
  port!.postMessage(Uint8Array.of(1).buffer);
  await turn();
  expect(channel.sent).toEqual([]);
  channel.open();
  port!.postMessage(Uint8Array.of(2, 3).buffer);
  await turn();
  expect(channel.sent).toEqual([[1], [2, 3]]);
  channel.dispatchEvent(new MessageEvent('message', { data: Uint8Array.of(4).buffer }));
  channel.dispatchEvent(new MessageEvent('message', { data: 'no bytes' }));
  channel.close();
  await turn();
  expect(heard).toEqual([[4], null]);
});

test('the worker’s end closes the channel', async () => {
  const { calls, channel, handOver } = makeWorker(noTransfer);
  await handOver();
  channel.open();
  calls[0]!.handed.port!.postMessage(null);
  await turn();
  expect(channel.readyState).toBe('closed');
});
