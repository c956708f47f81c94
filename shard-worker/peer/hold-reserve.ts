// What a lending tab without a seat holds meanwhile: it loads what the server asks for, says when it is there, and gives it up
// for a seat. Pure; part of `apply-stage-event.ts`.
import type { ServerMessage } from '../../protocol/control.ts';
import type { WorkerEvents } from '../worker/worker-api.ts';
import { type StageLife, type StageStep, same, show } from './stage-life.ts';

interface Layers {
  start: number;
  end: number;
}

/** Loads these layers, in place of what it held so before. A tab with a seat does not: its memory is its seat's. */
export function holdInReserve(life: StageLife, { pool, start, end }: ServerMessage & { type: 'warm' }): StageStep {
  const { offer, keepPacked } = life;
  if (pool !== life.pool || !offer || life.live.size > 0 || start >= end || end > offer.manifest.layers)
    return same(life);
  const lent = { memoryBytes: offer.capability.memoryBytes, keepPacked };
  const reserve = { start, end, totalBytes: 0, loadedBytes: 0, isReady: false };
  return { life: show(life, { reserve }), effects: [{ type: 'warm-slice', slice: { start, end, lent } }] };
}

export function noteReserve(life: StageLife, { start, end, ...bytes }: WorkerEvents['warm-progress']): StageLife {
  const { reserve } = life.shown;
  return reserve && isSame(reserve, { start, end }) ? show(life, { reserve: { ...reserve, ...bytes } }) : life;
}

/** It is there: the server may give this tab a seat with it. */
export function noteWarm(life: StageLife, { start, end }: Layers): StageStep {
  const { reserve } = life.shown;
  if (!reserve || !isSame(reserve, { start, end })) return same(life);
  const message = { type: 'spare-warm', pool: life.pool, start, end } as const;
  const ready = { ...reserve, loadedBytes: reserve.totalBytes, isReady: true };
  return { life: show(life, { reserve: ready }), effects: [{ type: 'say', message }] };
}

/** It could not be had: this tab waits on without it, and loads when it has a seat. */
export function forgetReserve(life: StageLife, layers: Layers): StageLife {
  const { reserve, ...rest } = life.shown;
  return reserve && isSame(reserve, layers) ? { ...life, shown: rest } : life;
}

const isSame = (a: Layers, b: Layers): boolean => a.start === b.start && a.end === b.end;
