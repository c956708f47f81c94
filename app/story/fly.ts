// Which way of the ring's picture a hop takes. Pure.
import { ASKER, type Hop } from '../../shard-worker/page-ring.ts';
import type { RingLayout } from '../format/ring-layout.ts';

/** SVG path data; undefined for a way that the picture does not have: from the entry straight to the exit. */
export function flyAlong({ arcs, ways }: Pick<RingLayout, 'arcs' | 'ways'>, { from, to }: Hop): string | undefined {
  if (from === ASKER) return ways[0]?.path;
  if (to === ASKER) return ways.at(-1)?.path;
  return to === (from + 1) % arcs.length ? arcs[from]?.path : undefined;
}
