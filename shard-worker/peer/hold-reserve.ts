// What a lending tab without a seat holds meanwhile: it loads what the server asks for, says of each when it is there, is connected
// to whom it would be linked to, and gives all of it up for a seat. Pure; part of `apply-stage-event.ts`.
import type { ServerMessage } from '../../protocol/control.ts';
import type { ReserveState } from '../words/peer-state.ts';
import type { WorkerEvents } from '../worker/worker-api.ts';
import { type StageLife, type StageStep, same, show } from './stage-life.ts';

interface Layers {
  readonly start: number;
  readonly end: number;
}

/** Loads these layers, in place of all that it held so before. A tab with a seat does not: its memory is its seat's. */
export function holdInReserve(life: StageLife, { pool, layers, near }: ServerMessage & { type: 'warm' }): StageStep {
  const { offer, lends } = life;
  if (pool !== life.pool || !offer || life.live.size > 0) return same(life);
  if (layers.some(({ start, end }) => start >= end || end > offer.manifest.layers)) return same(life);
  const lent = { memoryBytes: offer.capability.memoryBytes, ...lends };
  const reserve = layers.map(({ start, end }): ReserveState => {
    const known = life.shown.reserve?.find((each) => isSame(each, { start, end }));
    return known ?? { start, end, totalBytes: 0, loadedBytes: 0, isReady: false };
  });
  return {
    life: show(life, { reserve }),
    effects: [
      { type: 'warm-slices', slices: { layers, lent } },
      { type: 'hold-connections', peers: near },
    ],
  };
}

export const noteReserve = (life: StageLife, { start, end, ...bytes }: WorkerEvents['warm-progress']): StageLife =>
  change(life, { start, end }, (held) => ({ ...held, ...bytes }));

/** They are there, and the server may give this tab a seat with them; or could not be had, and it should ask somebody else. */
export function endReserve(life: StageLife, { start, end, isReady }: WorkerEvents['warm-ended']): StageStep {
  const layers = { start, end };
  if (!life.shown.reserve?.some((each) => isSame(each, layers))) return same(life);
  const message = { type: isReady ? 'spare-warm' : 'spare-failed', pool: life.pool, ...layers } as const;
  const ended = change(life, layers, (held) =>
    isReady ? { ...held, loadedBytes: held.totalBytes, isReady } : undefined,
  );
  return { life: ended, effects: [{ type: 'say', message }] };
}

function change(life: StageLife, layers: Layers, how: (held: ReserveState) => ReserveState | undefined): StageLife {
  const { reserve, ...rest } = life.shown;
  const held = reserve?.flatMap((each) => (isSame(each, layers) ? (how(each) ?? []) : [each])) ?? [];
  return { ...life, shown: held.length > 0 ? { ...rest, reserve: held } : rest };
}

const isSame = (a: Layers, b: Layers): boolean => a.start === b.start && a.end === b.end;
