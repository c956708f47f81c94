// Gives a data channel to a worker: transferred where the browser can, else bridged by the page.
import type { HandedChannel } from '../worker/worker-api.ts';

/**
 * Must run in the task that created the channel.
 *
 * @param give calls the worker with what is handed over. Its result is this one's.
 */
export function handOverChannel<Result>(
  channel: RTCDataChannel,
  give: (handed: HandedChannel, transfer: Transferable[]) => Promise<Result>,
): Promise<Result> {
  return give({ channel }, [channel as unknown as Transferable]).catch((error: unknown) => {
    // Firefox has no transferable data channels: the call could not even be posted.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    const { port1, port2 } = new MessageChannel();
    bridge(channel, port1);
    return give({ port: port2 }, [port2]);
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
