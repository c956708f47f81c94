import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { LinkOffer, WorkerMethods } from '../worker/worker-api.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { BrokeredChannel } from './host.ts';

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

type Call = { offer: LinkOffer; transfer: Transferable[] };

/** A worker that takes offers; `refuse` may throw as the first post does. */
function makeWorker(refuse: (offer: LinkOffer) => void = () => {}) {
  const calls: Call[] = [];
  const call = (_method: keyof WorkerMethods, offer: LinkOffer, transfer: Transferable[] = []) =>
    Promise.resolve().then(() => {
      refuse(offer);
      calls.push({ offer, transfer });
    });
  return { calls, worker: { call } as unknown as Parameters<typeof handOverChannel>[0] };
}

function makeBrokered() {
  const channel = new FakeDataChannel();
  const brokered = {
    ...{ id: 3, peer: 'b'.repeat(32), epoch: 5, direction: 'out', lane: 0 },
    ...{ channel, fingerprints: { local: 'a', remote: 'b' }, close: () => {} },
  } as unknown as BrokeredChannel;
  return { channel, brokered };
}

/** Firefox. */
const noTransfer = (offer: LinkOffer): void => {
  if (offer.channel) throw new DOMException('Not transferable.', 'DataCloneError');
};

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

test('a channel is transferred where it can be', async () => {
  const { calls, worker } = makeWorker();
  const { channel, brokered } = makeBrokered();
  await handOverChannel(worker, brokered);
  expect(calls).toEqual([{ offer: expect.objectContaining({ id: 3, lane: 0, channel }), transfer: [channel] }]);
  expect(calls[0]!.offer).not.toHaveProperty('close');
});

test('what the worker refuses is told and not tried another way', async () => {
  const { calls, worker } = makeWorker(() => {
    throw new PoolError('ticket-refused', 'No.');
  });
  await expect(handOverChannel(worker, makeBrokered().brokered)).rejects.toMatchObject({ code: 'ticket-refused' });
  expect(calls).toEqual([]);
});

test('where it cannot be transferred the page carries bytes both ways, and the end', async () => {
  const { calls, worker } = makeWorker(noTransfer);
  const { channel, brokered } = makeBrokered();
  await handOverChannel(worker, brokered);
  const { port } = calls[0]!.offer;
  expect(calls[0]).toMatchObject({ offer: { id: 3 }, transfer: [port] });
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
  const { calls, worker } = makeWorker(noTransfer);
  const { channel, brokered } = makeBrokered();
  await handOverChannel(worker, brokered);
  channel.open();
  calls[0]!.offer.port!.postMessage(null);
  await turn();
  expect(channel.readyState).toBe('closed');
});
