// The default pool as it is now, on the start page. Watches; asks nothing.
import { formatModel } from '../format/format-model.ts';
import { openWatch } from '../state/open-watch.ts';
import { usePeer } from '../state/use-peer.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { uiText } from '../text/english/ui.ts';
import { CoalitionRing } from './coalition-ring.tsx';
import { ServerAway } from './server-away.tsx';

export function PoolPicture() {
  const site = useSiteConfig();
  const watch = usePeer(site.config?.model, openWatch);
  const coalition = watch.state?.coalition;
  const phase = watch.state?.phase;
  return (
    <figure className="panel p-4">
      <CoalitionRing coalition={coalition} className="mx-auto w-full max-w-md" />
      <figcaption className="mt-2 border-line border-t pt-3 text-sm">
        <p className="label">{uiText.picture.title}</p>
        <p className="mt-1 break-words font-medium">
          {site.config ? <bdi>{formatModel(site.config.model)}</bdi> : uiText.picture.noModel}
        </p>
        {watch.state?.away && phase === 'connecting' && (
          <div className="my-2">
            <ServerAway away={watch.state.away}>{uiText.picture.asItWas}</ServerAway>
          </div>
        )}
        <p className="text-muted" role="status">
          {site.error || watch.error || phase === 'failed'
            ? uiText.picture.unknown
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
  if (phase === 'ready') return seats === 1 ? uiText.picture.one : uiText.picture.together(seats);
  if (phase === 'forming') return uiText.picture.forming(ready, seats);
  if (phase === 'no-stages') return uiText.picture.none;
  return uiText.picture.looking;
}
