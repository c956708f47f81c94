// How fast a ring would answer, from what its stages and links measured. Pure arithmetic; knows no peers.
import { MAX_CHUNKS_IN_FLIGHT, PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import type { Prediction } from '../../protocol/route-plan.ts';
import {
  countTokensPerLap,
  type Drafter,
  MAX_DRAFT_TOKENS,
  TYPICAL_ACCEPTANCE,
  TYPICAL_DRAFT_MS,
  verifyFactor,
} from './count-tokens-per-lap.ts';

/**
 * Compute of a prefill chunk over that of one position: `1 + perPosition × (n - 1)`. From docs/receipts/sharded-vs-solo-wasm-q4.json:
 * 24 positions in 22.9 ms, one in 8.9 ms.
 */
const PREFILL_PER_POSITION = 0.07;

export interface RingStage {
  /** Layers it computes; the exit's head counts as so many layers as it weighs. */
  layers: number;
  msPerLayer: number;
  /** Readback, packing and upload per lap; else the ring's. */
  handlingMs?: number;
}

export interface RingRequest {
  stages: readonly RingStage[];
  /** One-way milliseconds of the hops forward. */
  hopsMs: readonly number[];
  /** One way, exit to entry: the loop runs there. */
  returnHopMs: number;
  /** To the entry and from the exit, for a driver who is not at the entry: waited for once. */
  driverMs?: number | undefined;
  /** Per stage that names none: 4 on WebGPU, 1 on WASM. */
  handlingMs?: number;
  promptTokens?: number;
  drafter?: Drafter;
  /** Chance that a drafted token is kept, if the pool measured it. */
  acceptance?: number | undefined;
  /** Answers that run at once over these stages, this one included. */
  sessions?: number;
}

export interface RingPrediction extends Prediction {
  /** One trip through all stages and back. */
  lapMs: number;
  /** Compute and handling of the stage that limits many answers at once. */
  slowestStageMs: number;
  /** What of the lap is compute, ways and handling. */
  computeMs: number;
  hopsMs: number;
  handlingMs: number;
  draftTokens: number;
  tokensPerLap: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * One answer: `tokens per lap / (compute + one-way hops, return included + handling)`. Of several at once none gets more
 * than its share of the slowest stage, which computes one frame at a time: the sum for one stream, the maximum for many.
 */
export function predictRing(request: RingRequest): RingPrediction {
  const { stages, drafter = 'none', sessions = 1, promptTokens = 1, driverMs } = request;
  const handling = stages.map((stage) => stage.handlingMs ?? request.handlingMs ?? 4);
  const compute = stages.map(({ layers, msPerLayer }) => layers * msPerLayer);
  const forwardMs = sum(request.hopsMs) + (driverMs === undefined ? request.returnHopMs : 0);
  const waysMs = sum(request.hopsMs) + request.returnHopMs;
  const timesOf = (factor: number): number[] => compute.map((ms, index) => ms * factor + (handling[index] ?? 0));

  const acceptance = request.acceptance ?? TYPICAL_ACCEPTANCE[drafter];
  let best: { draftTokens: number; tokensPerLap: number; lapMs: number; slowestMs: number; rate: number } | undefined;
  for (let draftTokens = 0; draftTokens <= (drafter === 'none' ? 0 : MAX_DRAFT_TOKENS); draftTokens += 1) {
    const times = timesOf(verifyFactor(draftTokens));
    const slowestMs = Math.max(...times);
    const lapMs = sum(times) + waysMs + draftTokens * TYPICAL_DRAFT_MS[drafter];
    const tokensPerLap = countTokensPerLap(acceptance, draftTokens);
    const rate = (1000 * tokensPerLap) / Math.max(lapMs, slowestMs * sessions, 1e-3);
    if (!best || rate > best.rate) best = { draftTokens, tokensPerLap, lapMs, slowestMs, rate };
  }
  if (!best) throw new RangeError('unreachable: a ring without drafts is always predicted');
  return {
    tokensPerSecond: best.rate,
    timeToFirstTokenMs:
      (driverMs ?? 0) + predictPrefillMs(promptTokens, forwardMs, timesOf) * sessionsShare(sessions, stages.length),
    lapMs: best.lapMs,
    slowestStageMs: best.slowestMs,
    computeMs: sum(compute),
    hopsMs: waysMs,
    handlingMs: sum(handling),
    draftTokens: best.draftTokens,
    tokensPerLap: best.tokensPerLap,
  };
}

/** More answers than stages wait for one another; fewer find their stage free most of the time. */
const sessionsShare = (sessions: number, stages: number): number => Math.max(1, sessions / stages);

/** Chunks follow one another through the ring, so many in flight at most; the last one's result is the first token. */
function predictPrefillMs(
  promptTokens: number,
  waysMs: number,
  timesOf: (factor: number, positions: number) => number[],
): number {
  const chunkTokens = Math.max(1, Math.min(promptTokens, PREFILL_CHUNK_TOKENS));
  const chunks = Math.max(1, Math.ceil(promptTokens / PREFILL_CHUNK_TOKENS));
  const times = timesOf(1 + PREFILL_PER_POSITION * (chunkTokens - 1), chunkTokens);
  const lapMs = sum(times) + waysMs;
  return lapMs + (chunks - 1) * Math.max(...times, lapMs / MAX_CHUNKS_IN_FLIGHT);
}
