// The relay in a process of its own: what a bench computes does not make packets late. Orders come over Node's channel
// between parent and child; when that closes, the process ends.
import { setPriority } from 'node:os';
import { Relay } from './relay.ts';
import type { RelayAnswer, RelayOrder } from './start-relay.ts';

try {
  // Packets must leave on time while tabs take every core. Only a superuser may be that impatient.
  setPriority(-15);
} catch {
  // Then delays are less exact under load; what was really given is measured either way.
}

const relay = new Relay(Number(process.argv[2] ?? 1));

async function obey(order: RelayOrder): Promise<unknown> {
  if (order.type === 'open') return relay.open(order.target, order.link);
  if (order.type === 'reshape') return relay.reshape(order.shape, order.link);
  if (order.type === 'reset') return relay.reset();
  const { user, system } = process.cpuUsage();
  return { ...relay.stats(), cpuMs: (user + system) / 1000 };
}

process.on('message', (order: RelayOrder) => {
  const answer = (rest: Partial<RelayAnswer>) => process.send?.({ id: order.id, ...rest });
  obey(order).then(
    (value) => answer({ value }),
    (error: Error) => answer({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
