// One pool's jobs: who waits, who runs, how many sessions its coalition takes, and which coalitions there were while they
// ran. Starts jobs through `start`; sends nothing itself.

import type { Coalition } from '../../protocol/control.ts';
import { type AdmissionLimits, AdmissionQueue, type Entry } from '../admission/admission-queue.ts';
import { sessionSlots } from '../admission/session-slots.ts';
import { readyOf, servingOf } from '../roster/coalitions.ts';
import type { Pool } from '../roster/roster-state.ts';
import { type LiveJob, seatsOf } from './live-job.ts';

/**
 * A tab that was granted an answer and says nothing holds its sessions until its grant ends: of a coalition's, tabs of one
 * address or account hold all but this share, rounded up. Devices of the coalition's own people do not count.
 */
const LEFT_FOR_OTHERS = 0.25;

/** Places are told at this pace at most. */
const TELL_EVERY_MS = 100;

export interface PoolQueueOptions {
  limits: AdmissionLimits;
  /** The roster's present view. */
  pool(): Pool | undefined;
  /** Begins a job on this coalition. False when its driver cannot be told: it waits on. */
  start(job: LiveJob, coalition: Coalition): boolean;
}

export class PoolQueue {
  readonly #options: PoolQueueOptions;
  readonly #queue: AdmissionQueue<LiveJob>;
  readonly running = new Set<LiveJob>();
  #tellTimer: NodeJS.Timeout | undefined;
  #deserted: NodeJS.Timeout | undefined;

  constructor(options: PoolQueueOptions) {
    this.#options = options;
    this.#queue = new AdmissionQueue(options.limits);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get isEmpty(): boolean {
    return this.#queue.size === 0 && this.running.size === 0;
  }

  /** Sessions that are open or may be at any time. */
  get runningSessions(): number {
    return [...this.running].reduce((sum, job) => sum + job.choices, 0);
  }

  /** Sessions that the serving coalition takes at once; 0 while none serves. */
  get slots(): number {
    const pool = this.#options.pool();
    const [ready] = pool ? readyOf(pool) : [];
    if (!pool?.manifest || !ready) return 0;
    const memory = new Map(pool.peers.map(({ peer, capability }) => [peer, capability.memoryBytes]));
    return sessionSlots(pool.manifest, ready.seats, (peer) => memory.get(peer));
  }

  /** Throws `queue-full` or `rate-limited`. */
  add(job: LiveJob): void {
    this.#queue.push(entryOf(job, this.#options.pool()));
    this.pump();
  }

  /** A job that lost its driver: it goes on before any other. */
  putBack(job: LiveJob): void {
    this.running.delete(job);
    this.#queue.putBack(entryOf(job, this.#options.pool()));
    this.pump();
  }

  /** It waits or runs no more. */
  drop(job: LiveJob): void {
    this.#queue.remove(job);
    this.running.delete(job);
    this.pump();
  }

  /** Starts what has room, and tells the others their place. */
  pump(): void {
    const pool = this.#options.pool();
    const [ready] = pool ? readyOf(pool) : [];
    if (ready) {
      for (;;) {
        // A job larger than the coalition runs alone.
        const free = this.running.size === 0 ? Number.POSITIVE_INFINITY : this.slots - this.runningSessions;
        const entry = this.#queue.shift(free, (job) => this.#mayRun(job));
        if (!entry) break;
        this.running.add(entry.item);
        if (this.#options.start(entry.item, ready)) continue;
        this.running.delete(entry.item);
        this.#queue.putBack(entry);
        break;
      }
    }
    this.#tellTimer ??= setTimeout(() => this.#tell(), TELL_EVERY_MS);
  }

  /** A coalition is ready: what runs may move there. Gives the jobs for which it is a new one. */
  addCoalition(coalition: Coalition): LiveJob[] {
    const moved = [...this.running].filter((job) => !job.epochs.some(({ epoch }) => epoch === coalition.epoch));
    for (const job of moved) job.epochs.push(seatsOf(coalition));
    return moved;
  }

  /** Nobody is in the pool, or somebody is again. After a while of nobody, `letGo` gets all that wait. */
  watchDesertion(isDeserted: boolean, afterMs: number, letGo: (waiting: readonly LiveJob[]) => void): void {
    if (!isDeserted) {
      clearTimeout(this.#deserted);
      this.#deserted = undefined;
      return;
    }
    this.#deserted ??= setTimeout(() => {
      // Whoever waits from now on, a job that lost its driver say, is counted anew.
      this.#deserted = undefined;
      letGo(this.order());
    }, afterMs);
  }

  close(): void {
    clearTimeout(this.#deserted);
    clearTimeout(this.#tellTimer);
  }

  /** All that wait, next first. */
  order(): LiveJob[] {
    return this.#queue.order();
  }

  #mayRun(job: LiveJob): boolean {
    const holder = holderOf(job);
    if (holder === undefined || entryOf(job, this.#options.pool()).isOwner) return true;
    const held = [...this.running].filter((other) => holderOf(other) === holder);
    const sessions = held.reduce((sum, { choices }) => sum + choices, job.choices);
    return held.length === 0 || sessions <= this.slots - Math.ceil(this.slots * LEFT_FOR_OTHERS);
  }

  #tell(): void {
    this.#tellTimer = undefined;
    const order = this.#queue.order();
    const reason = this.#reason();
    for (const [index, job] of order.entries()) {
      if (job.toldPlace === index + 1) continue;
      job.toldPlace = index + 1;
      job.listener.queued(index + 1, order.length, reason);
    }
  }

  #reason(): string {
    const slots = this.slots;
    if (slots === 0) return 'No coalition serves this model at this moment: the tabs that are here load their layers.';
    return `The coalition answers ${this.running.size} at once now and has room for ${slots}.`;
  }
}

/** Who keeps the sessions of a job for as long as it likes; undefined where a stage of the coalition drives. */
const holderOf = ({ source, place, account }: LiveJob): string | undefined =>
  source === 'tab' ? (place ?? account) : undefined;

function entryOf(job: LiveJob, pool: Pool | undefined): Entry<LiveJob> {
  const seats = (pool && servingOf(pool)?.seats) ?? [];
  const isOwner = seats.some(({ peer }) => job.own.includes(peer));
  return { item: job, account: job.account, place: job.place, isOwner, sessions: job.choices };
}
