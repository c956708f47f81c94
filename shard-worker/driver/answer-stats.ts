// Adds up the traces of an answer's laps into what pages and the server show: where each millisecond went. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { JobStats } from '../../protocol/job.ts';
import type { AnswerStats, RouteStop } from '../words/peer-state.ts';
import type { LapReport } from './generate-options.ts';
import type { SpeculationCounts } from './speculation.ts';

/** Sums of one stop; times in milliseconds. */
type Sums = Pick<RouteStop, (typeof SUMMED)[number]>;
const SUMMED = ['batch', 'hopMs', 'queueMs', 'uploadMs', 'computeMs', 'readbackMs'] as const;

/** Measures one job, all of its choices. */
export class AnswerStatsMeter {
  readonly #promptTokens: number;
  readonly #startedMs: number;
  readonly #speculation: () => SpeculationCounts;
  #firstTokenMs: number | undefined;
  #lastTokenMs = 0;
  #tokens = 0;
  #tokensAfterFirst = 0;
  #laps = 0;
  #lapTokens = 0;
  #ring: LapReport['ring'] | undefined;
  /** Sums over the present ring alone: another route has other seats. */
  #route: { laps: number; lapMs: number; draftMs: number; returnHopMs: number; perStage: Sums[] } = noRoute([]);

  constructor(options: { promptTokens: number; startedMs: number; speculation: () => SpeculationCounts }) {
    this.#promptTokens = options.promptTokens;
    this.#startedMs = options.startedMs;
    this.#speculation = options.speculation;
  }

  /** Counts one lap. One that ends a prefill brings a token and says nothing about a decode lap. */
  add({ lap, ring, isPrefill, gained, draftMs = 0 }: LapReport, nowMs: number): void {
    if (ring !== this.#ring) {
      this.#ring = ring;
      this.#route = noRoute(ring.seats);
    }
    this.#tokens += gained;
    this.#lastTokenMs = nowMs;
    if (this.#firstTokenMs === undefined) this.#firstTokenMs = nowMs;
    else this.#tokensAfterFirst += gained;
    if (isPrefill) return;
    this.#laps++;
    this.#lapTokens += gained;
    this.#route.laps++;
    this.#route.lapMs += lap.lapMs;
    this.#route.draftMs += draftMs;
    this.#route.returnHopMs += lap.returnHopMs;
    for (const entry of lap.trace) {
      const sums = this.#route.perStage[entry.stage];
      if (!sums) continue;
      sums.batch += entry.batch;
      sums.hopMs += entry.hopMicros / 1000;
      sums.queueMs += entry.queueMicros / 1000;
      sums.uploadMs += entry.uploadMicros / 1000;
      sums.computeMs += entry.computeMicros / 1000;
      sums.readbackMs += entry.readbackMicros / 1000;
    }
  }

  /** Whether anything has come back at all. */
  get hasLaps(): boolean {
    return this.#ring !== undefined;
  }

  /** `tokens`: those of the answer, once they are known; a lap may have brought some beyond its end. */
  stats(tokens = this.#tokens): AnswerStats {
    const { perStage } = this.#route;
    const laps = Math.max(1, this.#route.laps);
    const route = this.#seats().map(
      ({ start, end, backend, device, totalBytes }, stage): RouteStop => ({
        stage,
        start,
        end,
        backend,
        device,
        totalBytes,
        ...sumsOf((field) => perStage[stage]![field] / laps),
      }),
    );
    const decodeMs = this.#firstTokenMs === undefined ? 0 : this.#lastTokenMs - this.#firstTokenMs;
    return {
      route,
      returnHopMs: this.#route.returnHopMs / laps,
      lapMs: this.#route.lapMs / laps,
      draftMs: this.#route.draftMs / laps,
      promptTokens: this.#promptTokens,
      tokens,
      tokensPerSecond: decodeMs > 0 ? (this.#tokensAfterFirst * 1000) / decodeMs : 0,
      timeToFirstTokenMs: this.#firstTokenMs === undefined ? 0 : this.#firstTokenMs - this.#startedMs,
      laps: this.#laps,
      lapTokens: this.#lapTokens,
      ...this.#speculation(),
    };
  }

  /** The same for the server. `epoch` is told where no lap has come back. */
  jobStats(epoch: number): JobStats {
    const { route, tokens: _tokens, promptTokens: _prompt, lapTokens: _lapTokens, ...numbers } = this.stats();
    return {
      ...numbers,
      epoch: this.#ring?.epoch ?? epoch,
      route: route.map((stop) => ({
        ...{ stage: stop.stage, start: stop.start, end: stop.end },
        ...sumsOf((field) => stop[field]),
      })),
      totalMs: Math.max(0, this.#lastTokenMs - this.#startedMs),
    };
  }

  #seats(): readonly Seat[] {
    return this.#ring?.seats ?? [];
  }
}

const noRoute = (seats: readonly Seat[]) => ({
  ...{ laps: 0, lapMs: 0, draftMs: 0, returnHopMs: 0 },
  perStage: seats.map(() => sumsOf(() => 0)),
});

const sumsOf = (of: (field: (typeof SUMMED)[number]) => number): Sums =>
  Object.fromEntries(SUMMED.map((field) => [field, of(field)])) as Sums;
