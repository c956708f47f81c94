// Who is next when a coalition has no room: fair between accounts, owners of its devices first, bounded. Pure but for its
// own state; knows no socket, clock or price.
import { PoolError } from '../../protocol/errors.ts';

export interface AdmissionLimits {
  /** Most that wait, over all accounts. */
  maxWaiting: number;
  maxWaitingPerAccount: number;
}

export interface Entry<Item> {
  item: Item;
  /** Whose turn it counts as. */
  account: string;
  /** Asks for its own device: goes before others. */
  isOwner: boolean;
  /** Where it comes from, if whoever asks may be anybody: a network address. */
  place?: string | undefined;
  /** Sessions that it needs at each stage. */
  sessions: number;
}

/** What waits from one place, of all that may wait: identities are free, addresses less so. */
const PLACE_SHARE = 0.5;

/** Owners are many at most this often in a row while others wait: their own device serves them first, but not only them. */
const OWNER_TURNS = 3;

export class AdmissionQueue<Item> {
  readonly #limits: AdmissionLimits;
  /** Per account in order of arrival; accounts in order of their next turn. */
  readonly #owners = new Map<string, Entry<Item>[]>();
  readonly #others = new Map<string, Entry<Item>[]>();
  #size = 0;
  #ownerTurns = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `queue-full`, or `rate-limited` when it is this account that fills it. */
  push(entry: Entry<Item>): void {
    const lines = entry.isOwner ? this.#owners : this.#others;
    const own = (this.#owners.get(entry.account)?.length ?? 0) + (this.#others.get(entry.account)?.length ?? 0);
    if (own >= this.#limits.maxWaitingPerAccount) {
      throw new PoolError('rate-limited', `You have ${own} requests waiting already.`, { data: { waiting: own } });
    }
    const { place } = entry;
    const mostOfPlace = Math.max(this.#limits.maxWaitingPerAccount, this.#limits.maxWaiting * PLACE_SHARE);
    if (place !== undefined && this.#entries().filter((other) => other.place === place).length >= mostOfPlace) {
      throw new PoolError('rate-limited', `${mostOfPlace} requests of your address wait already.`);
    }
    if (this.#size >= this.#limits.maxWaiting) {
      throw new PoolError('queue-full', `${this.#size} requests wait already.`, { data: { waiting: this.#size } });
    }
    const line = lines.get(entry.account);
    if (line) line.push(entry);
    else lines.set(entry.account, [entry]);
    this.#size++;
  }

  /** Back at the head of its account and of all accounts: it had its turn and lost its driver. Never refused. */
  putBack(entry: Entry<Item>): void {
    const lines = entry.isOwner ? this.#owners : this.#others;
    const line = [entry, ...(lines.get(entry.account) ?? [])];
    const rest = [...lines].filter(([account]) => account !== entry.account);
    lines.clear();
    lines.set(entry.account, line);
    for (const [account, entries] of rest) lines.set(account, entries);
    this.#size++;
  }

  /**
   * Whose turn it is, if it needs no more than `freeSessions`. A large one is not overtaken, so that it comes to its turn; an
   * account whose next one may not run yet is.
   */
  shift(freeSessions: number, mayRun: (item: Item) => boolean = () => true): Entry<Item> | undefined {
    const isOwnerTurn = this.#isOwnerTurn(this.#owners.size > 0, this.#others.size > 0, this.#ownerTurns);
    const turns = isOwnerTurn ? [this.#owners, this.#others] : [this.#others, this.#owners];
    for (const lines of turns) {
      const next = [...lines].find(([, [entry]]) => entry && mayRun(entry.item));
      if (!next) continue;
      const [account, line] = next;
      const [entry] = line;
      if (!entry || entry.sessions > freeSessions) return undefined;
      line.shift();
      lines.delete(account);
      if (line.length > 0) lines.set(account, line);
      this.#size--;
      this.#ownerTurns = lines === this.#owners ? this.#ownerTurns + 1 : 0;
      return entry;
    }
    return undefined;
  }

  /** Takes one out; false when it is not here. */
  remove(item: Item): boolean {
    for (const lines of [this.#owners, this.#others]) {
      for (const [account, line] of lines) {
        const index = line.findIndex((entry) => entry.item === item);
        if (index < 0) continue;
        line.splice(index, 1);
        if (line.length === 0) lines.delete(account);
        this.#size--;
        return true;
      }
    }
    return false;
  }

  /** All that wait, in the order in which they would be taken if nobody else came. Index 0 is next. */
  order(): Item[] {
    const owners = [...this.#owners.values()].map((line) => [...line]);
    const others = [...this.#others.values()].map((line) => [...line]);
    const order: Item[] = [];
    let turns = this.#ownerTurns;
    while (owners.length > 0 || others.length > 0) {
      const isOwnerTurn = this.#isOwnerTurn(owners.length > 0, others.length > 0, turns);
      const lines = isOwnerTurn ? owners : others;
      const line = lines.shift()!;
      order.push(line.shift()!.item);
      if (line.length > 0) lines.push(line);
      turns = isOwnerTurn ? turns + 1 : 0;
    }
    return order;
  }

  #entries(): Entry<Item>[] {
    return [...this.#owners.values(), ...this.#others.values()].flat();
  }

  #isOwnerTurn(hasOwners: boolean, hasOthers: boolean, turns: number): boolean {
    return hasOwners && (!hasOthers || turns < OWNER_TURNS);
  }
}
