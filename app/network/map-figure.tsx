// The map with what its signs mean. Who does not see it has the same in the table below it.
import { lazy, type ReactNode, Suspense } from 'react';
import type { Network } from '../../protocol/http/network.ts';
import { networkText } from '../text/english/network.ts';

const NetworkMap = lazy(() => import('./network-map.tsx').then((room) => ({ default: room.NetworkMap })));

export function MapFigure({ network }: { network: Network }) {
  const text = networkText.map;
  const { peers, coalitions, answering } = network.totals;
  const isEmpty = network.peers.length === 0 && network.coalitions.length === 0;
  return (
    <figure className="panel overflow-hidden forced-color-adjust-none" data-testid="network-map">
      <div className="relative h-[20rem] sm:h-[26rem] lg:h-[31rem]">
        {isEmpty ? (
          <p className="flex h-full items-center justify-center p-6 text-center text-muted">{text.empty}</p>
        ) : (
          <Suspense fallback={null}>
            <NetworkMap network={network} label={text.label(peers, coalitions, answering)} />
          </Suspense>
        )}
      </div>
      <figcaption className="flex flex-wrap gap-x-5 gap-y-1 border-line border-t px-4 py-3 text-muted text-sm">
        <Sign name={text.signs.serving}>
          <circle cx="7" cy="7" r="5" className="fill-accent" />
        </Sign>
        <Sign name={text.signs.loading}>
          <circle cx="7" cy="7" r="5" strokeWidth="1.5" className="fill-accent-soft stroke-hop" />
        </Sign>
        <Sign name={text.signs.waiting}>
          <circle cx="7" cy="7" r="4" className="fill-rest" />
        </Sign>
        <Sign name={text.signs.gone}>
          <circle cx="7" cy="7" r="5" strokeWidth="1.5" className="fill-panel stroke-danger" />
        </Sign>
        <Sign name={text.signs.link}>
          <path d="M1 4H13" strokeWidth="3" className="stroke-control" />
          <path d="M1 10H13" strokeWidth="1" className="stroke-control" />
        </Sign>
        <Sign name={text.signs.tokens}>
          <path d="M1 7H13" strokeWidth="2" className="stroke-accent" />
          <circle cx="8" cy="7" r="3" className="fill-ink" />
        </Sign>
      </figcaption>
    </figure>
  );
}

function Sign({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg viewBox="0 0 14 14" aria-hidden="true" className="size-3.5">
        {children}
      </svg>
      {name}
    </span>
  );
}
