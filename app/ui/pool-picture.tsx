// The default pool as it is now, on the start page. Watches; asks nothing.
'use client';
import type { PoolRef } from '../../protocol/ids.ts';
import type { PoolWatch } from '../../shard-worker/index.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatModel } from '../format/format-model.ts';
import { usePeer } from '../state/use-peer.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { CoalitionRing } from './coalition-ring.tsx';
import { ServerAway } from './server-away.tsx';

async function open(pool: PoolRef): Promise<PoolWatch> {
  const { watchPool } = await import('../../shard-worker/index.ts');
  return watchPool({ pool });
}

export function PoolPicture() {
  const site = useSiteConfig();
  const watch = usePeer(site.config?.model, open);
  const coalition = watch.state?.coalition;
  const phase = watch.state?.phase;
  return (
    <figure className="panel p-4">
      <CoalitionRing coalition={coalition} asker="asker" className="mx-auto w-full max-w-md" />
      <figcaption className="mt-2 border-line border-t pt-3 text-sm">
        <p className="label">The pool now</p>
        <p className="mt-1 break-words font-medium">{site.config ? formatModel(site.config.model) : 'No model yet'}</p>
        {watch.state?.away && phase === 'connecting' && (
          <div className="my-2">
            <ServerAway away={watch.state.away}>The pool is shown as it was.</ServerAway>
          </div>
        )}
        <p className="text-muted" role="status">
          {site.error || watch.error || phase === 'failed'
            ? 'The server does not answer, so the pool cannot be shown.'
            : watch.state?.away
              ? ''
              : describe(
                  phase,
                  coalition?.seats.length ?? 0,
                  coalition?.seats.filter((seat) => seat.ready).length ?? 0,
                )}
        </p>
      </figcaption>
    </figure>
  );
}

function describe(phase: string | undefined, seats: number, ready: number): string {
  if (phase === 'ready' && seats === 1) return 'One tab holds all of it and would answer.';
  if (phase === 'ready') return `${formatPlural(seats, 'tab')} hold it together and would answer.`;
  if (phase === 'forming') return `${ready} of ${formatPlural(seats, 'tab')} have loaded their layers.`;
  if (phase === 'no-stages') return 'No tab holds it at the moment. The first one to lend a GPU starts it.';
  return 'Looking for its tabs.';
}
