// Gives a data channel to the worker: transferred where the browser can, else bridged by the page.
import type { RpcClient } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import type { BrokeredChannel } from './host.ts';

/** Must run in the task that created the channel. Resolves when the link is proved (out) or listening (in). */
export function handOverChannel(
  worker: Pick<RpcClient<WorkerMethods, WorkerEvents>, 'call'>,
  brokered: BrokeredChannel,
): Promise<void> {
  const { close: _close, channel, ...offer } = brokered;
  const transfer = (): Promise<void> =>
    worker.call('add-link', { ...offer, channel }, [channel as unknown as Transferable]);
  return transfer().catch((error: unknown) => {
    // Firefox has no transferable data channels: the call could not even be posted.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    const { port1, port2 } = new MessageChannel();
    bridge(channel, port1);
    return worker.call('add-link', { ...offer, port: port2 }, [port2]);
  });
}

/** Messages that wait for a channel to open: a hello each 100 ms for as long as a link may take. */
const MAX_EARLY_MESSAGES = 512;

function bridge(channel: RTCDataChannel, port: MessagePort): void {
  channel.binaryType = 'arraybuffer';
  const early: ArrayBuffer[] = [];
  channel.addEventListener('open', () => {
    for (const message of early.splice(0)) channel.send(message);
  });
  channel.addEventListener('message', (event) => {
    if (event.data instanceof ArrayBuffer) port.postMessage(event.data, [event.data]);
  });
  channel.addEventListener('close', () => port.postMessage(null));
  port.addEventListener('message', (event) => {
    if (event.data === null) channel.close();
    else if (channel.readyState === 'open') channel.send(event.data);
    else if (channel.readyState === 'connecting' && early.length < MAX_EARLY_MESSAGES) early.push(event.data);
  });
  port.start();
}
