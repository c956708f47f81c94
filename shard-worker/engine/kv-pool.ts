// Rows that sessions share to be decoded in one run: each has one, without gaps, in buffers that grow with the longest of
// them and with their number, as far as the memory for caches allows. A run takes the rows from the first to the last that
// it needs; who lies between without being asked computes a token that nobody reads and nothing remembers.
import { type GpuKvContext, KvBuffers } from './kv-buffers.ts';
import { type KvBinding, kvBytes, type RuntimeKvCache } from './kv-cache.ts';
import { kvCapacity } from './kv-layout.ts';

/** Sessions in one run. Beyond this a run's own cost is spread thin already, and one slow run is everybody's latency. */
export const MAX_BATCH = 16;

/** A run may have at most so many rows for each that is asked for; else the others are moved out of the way. */
const ROWS_PER_ITEM = 2;

/** A session's cache as the pool sees it. */
export interface PoolMember extends RuntimeKvCache {
  /** Bytes of its own buffers. */
  readonly ownBytes: number;
  /** Written in place: nothing is taken over. */
  commit(tokens: number): void;
  /** Its positions go into a row of the pool's buffers. */
  moveInto(buffers: KvBuffers, row: number): void;
  /** Its positions come out of such a row, into buffers of its own with room for `positions`. */
  moveOut(buffers: KvBuffers, row: number, positions: number): void;
}

export interface PooledRun {
  binding: KvBinding;
  /** In order; those that were not asked for among them. */
  rows: readonly PoolMember[];
}

export class KvPool {
  readonly #context: GpuKvContext;
  #buffers: KvBuffers | undefined;
  /** Row by row. */
  readonly #members: PoolMember[] = [];
  /** When each was last asked for, by count of runs. */
  readonly #lastRun = new WeakMap<PoolMember, number>();
  #runs = 0;

  constructor(context: GpuKvContext) {
    this.#context = context;
  }

  has(cache: PoolMember): boolean {
    return this.#members.includes(cache);
  }

  /** The first row needs no other: its session runs there alone. Undefined for every other, or without the room. */
  bindFirst(cache: PoolMember, positions: number): KvBinding | undefined {
    const isRoomy = this.#buffers !== undefined && this.#buffers.positions >= positions;
    return isRoomy && this.#members[0] === cache ? this.#buffers!.bind(1) : undefined;
  }

  /** For one more position of each of these. Undefined where memory does not allow it: they run one by one then. */
  gather(caches: readonly PoolMember[]): PooledRun | undefined {
    const asked = new Set(caches);
    const strangers = caches.filter((cache) => !this.has(cache));
    // A full one has no position for a token that nobody reads.
    for (const member of [...this.#members]) {
      if (!asked.has(member) && member.length >= this.#context.maxContext) this.#putOut(member);
    }
    while (this.#members.length + strangers.length > MAX_BATCH) this.#putOut(this.#idlest(asked));
    if (!this.#reserve(strangers)) {
      for (const member of [...this.#members]) if (!asked.has(member)) this.#putOut(member);
      if (!this.#reserve(strangers)) return undefined;
    }
    for (const stranger of strangers) {
      stranger.moveInto(this.#buffers!, this.#members.length);
      this.#members.push(stranger);
    }
    const end = () => 1 + this.#members.findLastIndex((member) => asked.has(member));
    while (end() > ROWS_PER_ITEM * caches.length) this.#putOut(this.#members.find((member) => !asked.has(member))!);
    if (this.clearIfOver()) return undefined;
    this.#runs++;
    for (const cache of caches) this.#lastRun.set(cache, this.#runs);
    return { binding: this.#buffers!.bind(end()), rows: this.#members.slice(0, end()) };
  }

  /** Gives a session buffers of its own again, with room for `positions`. */
  takeOut(cache: PoolMember, positions: number): void {
    const row = this.#members.indexOf(cache);
    if (row < 0 || !this.#buffers) return;
    cache.moveOut(this.#buffers, row, positions);
    this.leave(cache);
  }

  /** A session that ended: the last row takes its place. */
  leave(cache: PoolMember): void {
    const row = this.#members.indexOf(cache);
    if (row < 0) return;
    const last = this.#members.pop()!;
    if (last !== cache) {
      this.#buffers?.moveRow(last.length, this.#members.length, row);
      this.#members[row] = last;
    }
    if (this.#members.length > 0) return;
    this.#buffers?.destroy();
    this.#buffers = undefined;
  }

  /** Sessions that were moved out may together need what the pool takes: then it gives way. */
  clearIfOver(): boolean {
    const { usedBytes, limitBytes } = this.#context.budget;
    if (usedBytes <= limitBytes || this.#members.length === 0) return false;
    this.clear();
    return true;
  }

  /** Everybody runs alone again. */
  clear(): void {
    while (this.#members.length > 0) this.#putOut(this.#members.at(-1)!);
  }

  #putOut(member: PoolMember): void {
    this.takeOut(member, member.length + 1);
  }

  #idlest(asked: ReadonlySet<PoolMember>): PoolMember {
    const others = this.#members.filter((member) => !asked.has(member));
    const age = (member: PoolMember) => this.#lastRun.get(member) ?? 0;
    return others.reduce((idlest, member) => (age(member) < age(idlest) ? member : idlest));
  }

  /** Room for all members and these, one position more for each. False where memory does not allow it. */
  #reserve(strangers: readonly PoolMember[]): boolean {
    const { maxContext, budget } = this.#context;
    const all = [...this.#members, ...strangers];
    const longest = all.reduce((most, { length }) => Math.max(most, length), 0);
    const rows = Math.max(this.#buffers?.rows ?? 2, 2 ** Math.ceil(Math.log2(all.length)));
    const positions = Math.max(this.#buffers?.positions ?? 0, kvCapacity(longest + 1, maxContext));
    if (this.#buffers && rows === this.#buffers.rows && positions === this.#buffers.positions) return true;
    const freedBytes = strangers.reduce((sum, { ownBytes }) => sum + ownBytes, this.#buffers?.bytes ?? 0);
    const bytes = rows * kvBytes(this.#context, positions);
    if (budget.usedBytes - freedBytes + bytes > budget.limitBytes) return false;
    const grown = new KvBuffers(this.#context, rows, positions);
    for (const [row, { length }] of this.#members.entries()) this.#buffers?.copyRow(length, row, grown, row);
    this.#buffers?.destroy();
    this.#buffers = grown;
    return true;
  }
}
