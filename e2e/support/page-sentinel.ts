// A sentinel on a page's own thread, for pages that do nothing else: answers pulses and says who answers none.
import type { HostSentinel } from '../../shard-worker/host/host.ts';
import { fromDataChannel } from '../../shard-worker/links/from-data-channel.ts';
import { Sentinel, TICK_MS } from '../../shard-worker/sentinel/sentinel.ts';
import type { SentinelEvents } from '../../shard-worker/sentinel/sentinel-api.ts';

export function pageSentinel(): HostSentinel {
  const listeners: ((pulse: SentinelEvents['pulse']) => void)[] = [];
  const sentinel = new Sentinel((pulse) => {
    for (const listener of listeners) listener(pulse);
  });
  const timer = setInterval(() => sentinel.tick(), TICK_MS);
  return {
    on: (_, listener) => void listeners.push(listener as (typeof listeners)[number]),
    watch: (id, pulse) => sentinel.watch(id, fromDataChannel(pulse)),
    unwatch: (id) => sentinel.unwatch(id),
    // It ends with its page.
    onEnd: () => {},
    terminate: () => clearInterval(timer),
  };
}
