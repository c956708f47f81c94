// Starts the worker program and gives its typed call interface.
import { PoolError } from '../../protocol/errors.ts';
import { connectRpc } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { HostWorker } from './host.ts';
import { watchForeign } from './watch-foreign.ts';

export function spawnWorker(): HostWorker {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' });
  const client = connectRpc<WorkerMethods, WorkerEvents>(worker as never);
  const listeners: ((error: PoolError) => void)[] = [];
  const end = (error: PoolError): void => {
    worker.terminate();
    client.end(error);
    for (const listener of listeners) listener(error);
  };
  worker.addEventListener('error', (event) => {
    end(new PoolError('stage-failed', `The worker of this tab stopped: ${event.message || 'it could not be loaded'}.`));
  });
  client.on('foreign', watchForeign(end).note);
  return {
    call: client.call,
    on: client.on,
    onEnd: (listener) => void listeners.push(listener),
    addLink: (brokered) => handOverChannel(client, brokered),
    terminate() {
      worker.terminate();
      client.end(new PoolError('cancelled', 'This tab left.'));
    },
  };
}
