// One pool's jobs: who waits, who runs, how many sessions its coalitions take, where there is most room, and which coalitions there
// were while they ran. Starts jobs through `start`; sends nothing itself.

import type { Coalition } from '../../protocol/control.ts';
import type { QueueReason } from '../../protocol/route-fact.ts';
import { type AdmissionLimits, AdmissionQueue, type Entry } from '../admission/admission-queue.ts';
import { sessionSlots } from '../admission/session-slots.ts';
import { coalitionsOf, readyOf, ringOf } from '../roster/coalitions.ts';
import type { Pool } from '../roster/roster-state.ts';
import { type LiveJob, seatsOf } from './live-job.ts';

/**
 * A tab that was granted an answer and says nothing holds its sessions until its grant ends: of a coalition's, tabs of one
 * address or account hold all but this share, rounded up. Devices of the coalition's own people do not count.
 */
const LEFT_FOR_OTHERS = 0.25;

/**
 * Whoever lost its driver waits so long for its own ring to be whole again, whose stages hold what was computed, before it begins
 * anew on another.
 */
const OWN_RING_MS = 3_000;

/** A ring with so many answers for each of its stages has long been full: another ring would make all of them faster. */
const FULL_TIMES = 4;

/** Accounts whose last ring is known. */
const MAX_REMEMBERED = 1_000;

/** Places are told at this pace at most. */
const TELL_EVERY_MS = 100;

export interface PoolQueueOptions {
  limits: AdmissionLimits;
  /** The roster's present view. */
  pool(): Pool | undefined;
  /** Begins a job on this coalition. False when its driver cannot be told: it waits on. */
  start(job: LiveJob, coalition: Coalition): boolean;
  /** Somebody waits although coalitions answer, or all of them are full; or neither any more: told when it changes. */
  onCrowd?(isCrowded: boolean): void;
}

/** A job that runs and may go on over this coalition, too. */
export interface Moved {
  job: LiveJob;
  coalition: Coalition;
}

export class PoolQueue {
  readonly #options: PoolQueueOptions;
  readonly #queue: AdmissionQueue<LiveJob>;
  readonly running = new Set<LiveJob>();
  #tellTimer: NodeJS.Timeout | undefined;
  #deserted: NodeJS.Timeout | undefined;
  #againTimer: NodeJS.Timeout | undefined;
  #isCrowded = false;
  /** By account, where its last answer ran: what was computed of a conversation is there. */
  readonly #lastRings = new Map<string, number>();

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

  /** Sessions that the serving coalitions take at once; 0 while none serves. */
  get slots(): number {
    return this.#ready().reduce((sum, coalition) => sum + this.loadOn(coalition).slots, 0);
  }

  /** Answers that this coalition gives now, sessions that are open or may be at any time, and how many it takes. */
  loadOn(coalition: Coalition): { running: number; sessions: number; slots: number } {
    const pool = this.#options.pool();
    const own = [...this.running].filter(({ ring }) => ring === ringOf(coalition));
    const sessions = own.reduce((sum, job) => sum + job.choices, 0);
    if (!pool?.manifest) return { running: own.length, sessions, slots: 0 };
    const memory = new Map(pool.peers.map(({ peer, capability }) => [peer, capability.memoryBytes]));
    const slots = sessionSlots(pool.manifest, coalition.seats, (peer) => memory.get(peer));
    return { running: own.length, sessions, slots };
  }

  /** Those that answer, the one with the most room for its size first. */
  freest(): Coalition[] {
    const used = (coalition: Coalition): number => {
      const { sessions, slots } = this.loadOn(coalition);
      return sessions / Math.max(1, slots);
    };
    return this.#ready().toSorted((a, b) => used(a) - used(b));
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
    while (this.#startNext());
    const waitsMs = Math.max(0, ...this.#queue.order().map((job) => this.#ownRingMs(job)));
    if (waitsMs > 0) this.#againTimer ??= setTimeout(() => this.#again(), waitsMs);
    this.#tellTimer ??= setTimeout(() => this.#tell(), TELL_EVERY_MS);
  }

  /**
   * What runs in the asking tab itself may compute over each coalition that answers: where it cannot link to its own, or that one
   * breaks. All of them are to show what they did; given are those that it goes on over now.
   */
  noteCoalitions(): Moved[] {
    const ready = this.#ready();
    // A stage that drives stays with the epoch that it was given: it is given another.
    const driven = [...this.running].filter(({ request }) => !request);
    return driven.flatMap((job) => {
      const own = ready.filter((coalition) => ringOf(coalition) === job.ring);
      const isNew = ({ epoch }: Coalition): boolean => job.epochs.every((used) => used.epoch !== epoch);
      const moved = (own.length > 0 ? own : ready).filter(isNew);
      this.#noteAll(job);
      return moved.map((coalition) => ({ job, coalition }));
    });
  }

  #noteAll(job: LiveJob): void {
    if (job.request) return;
    const used = new Set(job.epochs.map(({ epoch }) => epoch));
    job.epochs.push(
      ...this.#ready()
        .filter(({ epoch }) => !used.has(epoch))
        .map(seatsOf),
    );
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
    clearTimeout(this.#againTimer);
  }

  /** All that wait, next first. */
  order(): LiveJob[] {
    return this.#queue.order();
  }

  #ready(): Coalition[] {
    const pool = this.#options.pool();
    return pool ? readyOf(pool) : [];
  }

  /** The next one, where there is most room. False when nobody can start. */
  #startNext(): boolean {
    for (const coalition of this.freest()) {
      const { running, sessions, slots } = this.loadOn(coalition);
      // A job larger than the coalition runs alone.
      const free = running === 0 ? Number.POSITIVE_INFINITY : slots - sessions;
      const entry = this.#queue.shift(free, (job) => this.#mayRun(job) && this.#mayRunOn(job, coalition));
      if (!entry) continue;
      const { item: job } = entry;
      const before = job.ring;
      job.ring = ringOf(coalition);
      this.running.add(job);
      if (this.#options.start(job, coalition)) {
        this.#remember(job);
        this.#noteAll(job);
        return true;
      }
      this.running.delete(job);
      job.ring = before;
      this.#queue.putBack(entry);
    }
    return false;
  }

  /**
   * Its own ring comes first while it breaks and forms again; and the one of the account's last answer while that has room, unless
   * more of that account runs: then it is no conversation.
   */
  #mayRunOn(job: LiveJob, coalition: Coalition): boolean {
    if (job.ring !== undefined) return job.ring === ringOf(coalition) || this.#ownRingMs(job) <= 0;
    const last = this.#lastRings.get(job.account);
    if (last === undefined || last === ringOf(coalition)) return true;
    if ([...this.running].some(({ account }) => account === job.account)) return true;
    return !this.#ready().some((other) => {
      const { sessions, slots } = this.loadOn(other);
      return ringOf(other) === last && sessions + job.choices <= slots;
    });
  }

  #remember({ account, ring }: LiveJob): void {
    this.#lastRings.delete(account);
    this.#lastRings.set(account, ring ?? 0);
    const [oldest] = this.#lastRings.keys();
    if (this.#lastRings.size > MAX_REMEMBERED && oldest !== undefined) this.#lastRings.delete(oldest);
  }

  /** How much longer it waits for its own ring, which breaks and forms again. */
  #ownRingMs({ ring, lostMs }: LiveJob): number {
    const pool = this.#options.pool();
    if (ring === undefined || lostMs === undefined || !pool) return 0;
    const isThere = coalitionsOf(pool).some((coalition) => ringOf(coalition) === ring);
    return isThere ? lostMs + OWN_RING_MS - performance.now() : 0;
  }

  #again(): void {
    this.#againTimer = undefined;
    this.pump();
  }

  #mayRun(job: LiveJob): boolean {
    if (!isHeldByAsker(job) || entryOf(job, this.#options.pool()).isOwner) return true;
    const isSameHolder = ({ place, account }: LiveJob): boolean =>
      account === job.account || (place !== undefined && place === job.place);
    const held = [...this.running].filter((other) => isHeldByAsker(other) && isSameHolder(other));
    const sessions = held.reduce((sum, { choices }) => sum + choices, job.choices);
    return held.length === 0 || sessions <= this.slots - Math.ceil(this.slots * LEFT_FOR_OTHERS);
  }

  #tell(): void {
    this.#tellTimer = undefined;
    const order = this.#queue.order();
    const isCrowded = this.#isFull(order);
    if (isCrowded !== this.#isCrowded) this.#options.onCrowd?.(isCrowded);
    this.#isCrowded = isCrowded;
    const why = this.#why();
    for (const [index, job] of order.entries()) {
      if (job.toldPlace === index + 1) continue;
      job.toldPlace = index + 1;
      job.listener.queued(index + 1, order.length, why);
    }
  }

  #isFull(order: readonly LiveJob[]): boolean {
    const ready = this.#ready();
    if (ready.length === 0) return false;
    // Who waits for its own share of a ring, or for its own ring, would wait for it beside another one, too.
    const isAnyoneKept = order.some((job) => this.#mayRun(job) && this.#ownRingMs(job) <= 0);
    return isAnyoneKept || ready.every((one) => this.loadOn(one).sessions >= FULL_TIMES * one.seats.length);
  }

  #why(): QueueReason {
    const { slots } = this;
    if (slots === 0) return { kind: 'loading' };
    return { kind: 'full', rings: this.#ready().length, running: this.running.size, slots };
  }
}

/** Whoever asked keeps its sessions for as long as it likes; where a stage of the coalition drives, it does not. */
const isHeldByAsker = ({ source }: LiveJob): boolean => source === 'tab';

function entryOf(job: LiveJob, pool: Pool | undefined): Entry<LiveJob> {
  const seats = pool ? readyOf(pool).flatMap((coalition) => coalition.seats) : [];
  const isOwner = seats.some(({ peer }) => job.own.includes(peer));
  return { item: job, account: job.account, place: job.place, isOwner, sessions: job.choices };
}
