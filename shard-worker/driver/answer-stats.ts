// Adds up the traces of an answer's laps into what a page shows: where each millisecond of a token went.
import type { Seat } from '../../protocol/control.ts';
import type { AnswerStats, RouteStop } from '../peer/peer-state.ts';
import type { LapResult } from './ring-client.ts';

interface Sums {
  computeMs: number;
  waitMs: number;
  hopMs: number;
}

export class AnswerStatsMeter {
  readonly #seats: readonly Seat[];
  readonly #promptTokens: number;
  readonly #startedMs: number;
  #firstTokenMs: number | undefined;
  #lastTokenMs = 0;
  #tokens = 0;
  #laps = 0;
  #lapMs = 0;
  #returnHopMs = 0;
  readonly #perStage: Sums[];

  constructor(seats: readonly Seat[], promptTokens: number, startedMs: number) {
    this.#seats = seats;
    this.#promptTokens = promptTokens;
    this.#startedMs = startedMs;
    this.#perStage = seats.map(() => ({ computeMs: 0, waitMs: 0, hopMs: 0 }));
  }

  /** Counts one token. The first belongs to the prefill and says nothing about a decode lap. */
  add(lap: LapResult, nowMs: number): void {
    this.#tokens++;
    this.#lastTokenMs = nowMs;
    if (this.#firstTokenMs === undefined) {
      this.#firstTokenMs = nowMs;
      return;
    }
    this.#laps++;
    this.#lapMs += lap.lapMs;
    this.#returnHopMs += lap.returnHopMs;
    for (const entry of lap.trace) {
      const sums = this.#perStage[entry.stage];
      if (!sums) continue;
      sums.computeMs += entry.computeMicros / 1000;
      sums.waitMs += entry.waitMicros / 1000;
      sums.hopMs += entry.hopMicros / 1000;
    }
  }

  stats(): AnswerStats {
    const laps = Math.max(1, this.#laps);
    const route = this.#seats.map(
      (seat, stage): RouteStop => ({
        stage,
        start: seat.start,
        end: seat.end,
        backend: seat.backend,
        device: seat.device,
        totalBytes: seat.totalBytes,
        computeMs: this.#perStage[stage]!.computeMs / laps,
        waitMs: this.#perStage[stage]!.waitMs / laps,
        hopMs: this.#perStage[stage]!.hopMs / laps,
      }),
    );
    const decodeMs = this.#firstTokenMs === undefined ? 0 : this.#lastTokenMs - this.#firstTokenMs;
    return {
      route,
      returnHopMs: this.#returnHopMs / laps,
      lapMs: this.#lapMs / laps,
      promptTokens: this.#promptTokens,
      tokens: this.#tokens,
      tokensPerSecond: decodeMs > 0 ? ((this.#tokens - 1) * 1000) / decodeMs : 0,
      timeToFirstTokenMs: this.#firstTokenMs === undefined ? 0 : this.#firstTokenMs - this.#startedMs,
    };
  }
}
