// What the server tells everybody of its network, made at most once a second whoever asks: hears of jobs and of the roster's
// steps, and keeps their history.
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobObserver } from '../jobs/job-context.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import { ringOf } from '../roster/coalitions.ts';
import type { PoolChange } from '../roster/live-roster.ts';
import type { Pool } from '../roster/roster-state.ts';
import { describeNetwork, type NetworkScene, type NetworkView } from './describe-network.ts';
import { findBreaks } from './find-breaks.ts';
import { NetworkHistory } from './network-history.ts';
import { settledTokens } from './settled-tokens.ts';
import { ViewNames } from './view-names.ts';

/** Whoever asks sooner hears the same again. */
const FRESH_MS = 1_000;
/** An hour of minutes, a day of quarters of an hour: in slots of ten seconds. */
const HOUR = { points: 60, slotsEach: 6 };
const DAY = { points: 96, slotsEach: 90 };
/** A ring is lit for so long after an answer: a short one would be over before anybody looks. */
const AFTERGLOW_MS = 4_000;
/** More than ever answer at a time, and more rings than ever are broken. */
const MOST_RUNNING = 10_000;
const MOST_BROKEN = 1_000;
const MOST_LIT = 1_000;

export interface NetworkWatchOptions {
  /** By a clock that nobody sets. */
  nowMs(): number;
  pools(): readonly Pool[];
  rttOf: NetworkScene['rttOf'];
  /** Answers that run over it. */
  runningOn(pool: PoolId, coalition: Coalition): number;
  paceOf: NetworkScene['paceOf'];
}

export class NetworkWatch {
  readonly #options: NetworkWatchOptions;
  readonly #names = new ViewNames();
  readonly #history: NetworkHistory;
  readonly #running = new Map<string, { startedMs: number; answeredMs?: number }>();
  /** When rings have answered last, by pool and number; those of which it is a while ago are let go. */
  readonly #lit = new Map<string, number>();
  /** Since when rings are broken, by pool and number. */
  readonly #broken = new Map<PoolId, Map<number, number>>();
  #peers = 0;
  #made: { atMs: number; body: string } | undefined;

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
    this.#history = new NetworkHistory(options.nowMs());
  }

  readonly started = ({ id }: Pick<LiveJob, 'id'>): void => {
    if (this.#running.size < MOST_RUNNING) this.#running.set(id, { startedMs: this.#options.nowMs() });
  };

  readonly answered = ({ id, pool, ring }: Pick<LiveJob, 'id' | 'pool' | 'ring'>): void => {
    const nowMs = this.#options.nowMs();
    const running = this.#running.get(id);
    if (running) running.answeredMs = nowMs;
    if (ring !== undefined && this.#lit.size < MOST_LIT) this.#lit.set(litKey(pool, ring), nowMs);
  };

  readonly ended: JobObserver['ended'] = (job, { settlement }) => {
    const { startedMs, answeredMs } = this.#running.get(job.id) ?? {};
    this.#running.delete(job.id);
    const tokens = settlement ? settledTokens(job, settlement) : 0;
    if (startedMs === undefined || answeredMs === undefined || tokens === 0) return;
    this.#history.addAnswer({ fromMs: startedMs, toMs: answeredMs, tokens }, this.#options.nowMs());
  };

  readonly poolChanged = (id: PoolId, change: PoolChange): void => {
    const nowMs = this.#options.nowMs();
    const { before, after } = change;
    const more = (after?.peers.length ?? 0) - (before?.peers.length ?? 0);
    if (more !== 0) {
      this.#peers += more;
      this.#history.notePeers(this.#peers, nowMs);
    }
    const { broken, begun } = findBreaks(change);
    const rings = this.#broken.get(id) ?? new Map<number, number>();
    for (const ring of broken) {
      this.#history.addFailure(nowMs);
      rings.set(ring, nowMs);
    }
    for (const ring of begun) {
      const sinceMs = rings.get(ring);
      if (sinceMs !== undefined) this.#history.addRecovery(nowMs - sinceMs, nowMs);
      rings.delete(ring);
    }
    // Whoever opens the pool anew makes another one.
    if (!after || rings.size === 0) this.#broken.delete(id);
    else if (this.#broken.has(id) || this.#broken.size < MOST_BROKEN) this.#broken.set(id, rings);
  };

  /** The answer as it travels. */
  readonly read = (): string => {
    const nowMs = this.#options.nowMs();
    if (!this.#made || nowMs - this.#made.atMs >= FRESH_MS) {
      this.#made = { atMs: nowMs, body: JSON.stringify(this.#make(nowMs)) };
    }
    return this.#made.body;
  };

  #make(nowMs: number): NetworkView {
    const { pools, rttOf, runningOn, paceOf } = this.#options;
    const { view, endsMs } = this.#names.at(nowMs);
    for (const [key, atMs] of this.#lit) if (nowMs - atMs > AFTERGLOW_MS) this.#lit.delete(key);
    const wallMs = Date.now();
    return {
      ...{ view, viewEndsAt: new Date(wallMs + endsMs - nowMs).toISOString(), at: new Date(wallMs).toISOString() },
      ...describeNetwork({
        ...{ pools: pools(), rttOf, paceOf },
        nameOf: (id: PeerId | string) => this.#names.of(id),
        isAnswering: (pool, coalition) =>
          runningOn(pool, coalition) > 0 || this.#lit.has(litKey(pool, ringOf(coalition))),
      }),
      tokensPerSecond: this.#history.lately(nowMs),
      hour: this.#history.points(HOUR.points, HOUR.slotsEach, nowMs),
      day: this.#history.points(DAY.points, DAY.slotsEach, nowMs),
    };
  }
}

const litKey = (pool: PoolId, ring: number): string => `${pool} ${ring}`;
