// Starts the sentinel program and gives its typed call interface.
import { PoolError } from '../../protocol/errors.ts';
import type { SentinelEvents, SentinelMethods } from '../sentinel/sentinel-api.ts';
import { connectRpc } from '../worker/rpc.ts';
import { handOverChannel } from './hand-over-channel.ts';
import type { HostSentinel } from './host.ts';

export function spawnSentinel(): HostSentinel {
  const worker = new Worker(new URL('../sentinel.ts', import.meta.url), { type: 'module' });
  const client = connectRpc<SentinelMethods, SentinelEvents>(worker as never);
  const listeners: ((error: PoolError) => void)[] = [];
  worker.addEventListener('error', (event) => {
    const why = event.message || 'it could not be loaded';
    const error = new PoolError('stage-failed', `The sentinel of this tab stopped: ${why}.`);
    client.end(error);
    for (const listener of listeners) listener(error);
  });
  return {
    on: client.on,
    onEnd: (listener) => void listeners.push(listener),
    watch(id, pulse) {
      const given = handOverChannel(pulse, (handed, transfer) => client.call('watch', { id, ...handed }, transfer));
      // A pulse that could not be handed over is one that the other end misses.
      given.catch(() => pulse.close());
    },
    unwatch: (id) => void client.call('unwatch', { id }).catch(() => {}),
    terminate() {
      worker.terminate();
      client.end(new PoolError('cancelled', 'This tab left.'));
    },
  };
}
