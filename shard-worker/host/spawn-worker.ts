// Starts the worker program and gives its typed call interface.
import { PoolError } from '../../protocol/errors.ts';
import { connectRpc } from '../worker/rpc.ts';
import type { WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { HostWorker } from './host.ts';

export function spawnWorker(): HostWorker {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' });
  const client = connectRpc<WorkerMethods, WorkerEvents>(worker as never);
  worker.addEventListener('error', (event) => {
    client.end(
      new PoolError('stage-failed', `The worker of this tab stopped: ${event.message || 'it could not be loaded'}.`),
    );
  });
  return {
    call: client.call,
    on: client.on,
    addLink: (brokered) => handOverChannel(client, brokered),
    terminate() {
      worker.terminate();
      client.end(new PoolError('cancelled', 'This tab left.'));
    },
  };
}
