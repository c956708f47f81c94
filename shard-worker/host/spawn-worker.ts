// Starts the worker program and gives its typed call interface.
import { PoolError } from '../../protocol/errors.ts';
import { connectRpc } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { HostWorker } from './host.ts';
import { watchForeign } from './watch-foreign.ts';
import { watchLock } from './watch-lock.ts';

export function spawnWorker(): HostWorker {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' });
  const client = connectRpc<WorkerMethods, WorkerEvents>(worker as never);
  const isLeft = new AbortController();
  const listeners: ((error: PoolError) => void)[] = [];
  const end = (error: PoolError): void => {
    isLeft.abort();
    worker.terminate();
    client.end(error);
    for (const listener of listeners) listener(error);
  };
  worker.addEventListener('error', (event) => {
    end(new PoolError('stage-failed', `The worker of this tab stopped: ${event.message || 'it could not be loaded'}.`));
  });
  client.on('foreign', watchForeign(end).note);
  client.on('locked', ({ name }) => {
    watchLock(name, isLeft.signal, () => end(new PoolError('stage-failed', 'The worker of this tab stopped.')));
  });
  return {
    call: client.call,
    on: client.on,
    onEnd: (listener) => void listeners.push(listener),
    addLink: ({ id, peer, epoch, direction, lane, fingerprints, channel }) => {
      const offer = { id, peer, epoch, direction, lane, fingerprints };
      return handOverChannel(channel, (handed, transfer) => client.call('add-link', { ...offer, ...handed }, transfer));
    },
    terminate() {
      isLeft.abort();
      worker.terminate();
      client.end(new PoolError('cancelled', 'This tab left.'));
    },
  };
}
