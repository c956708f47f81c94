// The map itself, on two canvases. Fetched late: who only reads the figures does not need it.
import { useEffect, useRef } from 'react';
import type { Network } from '../../protocol/http/network.ts';
import { nameParts } from '../ui/name-parts.ts';
import { MapLoop } from './map-loop.ts';
import { tellRtt } from './tell-rtt.ts';

const LABELS = { parts: nameParts, time: tellRtt };

export function NetworkMap({ network, label }: { network: Network; label: string }) {
  const still = useRef<HTMLCanvasElement>(null);
  const tokens = useRef<HTMLCanvasElement>(null);
  const loop = useRef<MapLoop>(undefined);
  useEffect(() => {
    const map = new MapLoop({ still: still.current!, tokens: tokens.current! }, LABELS);
    loop.current = map;
    return () => map.close();
  }, []);
  useEffect(() => loop.current?.show(network), [network]);
  return (
    <>
      <canvas ref={still} role="img" aria-label={label} className="absolute inset-0 h-full w-full" />
      <div aria-hidden="true" className="pointer-events-none absolute inset-0">
        <canvas ref={tokens} className="h-full w-full" />
      </div>
    </>
  );
}
