// Figures of answers over a ring: rates, compute of stages, and what physics allows. Pure.
import type { RingAnswer, RingLap } from './drive-ring.ts';
import { median } from './quantile.ts';

/** Tokens per second of one answer after its first token. */
export function decodeRate({ tokenMs }: Pick<RingAnswer, 'tokenMs'>): number {
  return ((tokenMs.length - 1) * 1000) / (tokenMs.at(-1)! - tokenMs[0]!);
}

/** Tokens per second of all answers together, from the last first token to the first last one: while all were at work. */
export function aggregateRate(answers: readonly Pick<RingAnswer, 'tokenMs'>[]): number {
  const [fromMs, toMs] = sharedWindow(answers);
  const tokens = answers.flatMap(({ tokenMs }) => tokenMs).filter((ms) => ms > fromMs && ms <= toMs).length;
  return (tokens * 1000) / (toMs - fromMs);
}

/** When all sessions were decoding. Throws when there was no such time: then the run was too short. */
export function sharedWindow(answers: readonly Pick<RingAnswer, 'tokenMs'>[]): [fromMs: number, toMs: number] {
  const fromMs = Math.max(...answers.map(({ tokenMs }) => tokenMs[0]!));
  const toMs = Math.min(...answers.map(({ tokenMs }) => tokenMs.at(-1)!));
  if (!(toMs > fromMs)) throw new RangeError('The sessions did not run at the same time: let them run longer.');
  return [fromMs, toMs];
}

const decodeLaps = (answers: readonly Pick<RingAnswer, 'laps'>[]): RingLap[] =>
  answers.flatMap(({ laps }) => laps.filter(({ isPrefill }) => !isPrefill));

type Part = 'queue' | 'upload' | 'compute' | 'readback';

/** Medians over decode laps, milliseconds, by stage. A run that several sessions shared is divided among them. */
export const stageComputeMs = (answers: readonly Pick<RingAnswer, 'laps'>[], stages: number): number[] =>
  stagePartMs(answers, stages, 'compute');

/** The same of any part of a stage's time. What waits in a queue is a frame, and not divided. */
export function stagePartMs(answers: readonly Pick<RingAnswer, 'laps'>[], stages: number, part: Part): number[] {
  const laps = decodeLaps(answers);
  return Array.from({ length: stages }, (_, stage) =>
    median(laps.map(({ trace }) => partOf(trace, stage, part)).filter((ms) => ms !== undefined)),
  );
}

/** Where a decoded token's time went, milliseconds: means, because rates are. `lap` is from sending it to its result. */
export interface TokenProfile {
  token: number;
  lap: number;
  stages: Record<Part, number>[];
  /** Half the round trips of the links on the way, as they were measured when nothing else went on; without the return. */
  hops: number;
}

export function tokenProfile(answers: readonly RingAnswer[], stages: number): TokenProfile {
  const laps = decodeLaps(answers);
  const mean = (of: (lap: RingLap) => number) => laps.reduce((sum, lap) => sum + of(lap), 0) / laps.length;
  const part = (stage: number, name: Part) => mean(({ trace }) => partOf(trace, stage, name) ?? 0);
  return {
    token: 1000 / decodeRate(answers[0]!),
    lap: mean(({ lapMs }) => lapMs),
    stages: Array.from({ length: stages }, (_, stage) => ({
      queue: part(stage, 'queue'),
      upload: part(stage, 'upload'),
      compute: part(stage, 'compute'),
      readback: part(stage, 'readback'),
    })),
    hops: mean(({ trace }) => trace.reduce((sum, { hopMicros }) => sum + hopMicros / 1000, 0)),
  };
}

/** Share of the time in which each stage was at a part of its work for these sessions, while all were at work. */
export function stageBusy(answers: readonly RingAnswer[], stages: number, part: Part = 'compute'): number[] {
  const [fromMs, toMs] = sharedWindow(answers);
  const laps = answers.flatMap((answer) => answer.laps).filter(({ endMs }) => endMs > fromMs && endMs <= toMs);
  return Array.from({ length: stages }, (_, stage) => {
    const busyMs = laps.reduce((sum, { trace }) => sum + (partOf(trace, stage, part) ?? 0), 0);
    return busyMs / (toMs - fromMs);
  });
}

function partOf(trace: RingLap['trace'], stage: number, part: Part): number | undefined {
  const entry = trace.find((each) => each.stage === stage);
  return entry && entry[`${part}Micros`] / 1000 / (part === 'queue' ? 1 : entry.batch);
}

/** Readback and upload, per hop: what a real GPU was seen to take. */
const HOP_OVERHEAD_MS = 4;

/**
 * Tokens per second that a lap allows at most: the stages' compute, each hop's way with the one from the exit back to the entry, and
 * some 4 ms per hop of readback and upload. The loop runs at the entry: there are as many hops as stages, and one stage has none.
 */
export function lapBound({ computeMs, oneWayMs }: { computeMs: readonly number[]; oneWayMs: number }): number {
  const hops = computeMs.length === 1 ? 0 : computeMs.length;
  const lapMs = computeMs.reduce((sum, ms) => sum + ms, 0) + hops * (oneWayMs + HOP_OVERHEAD_MS);
  return 1000 / lapMs;
}
