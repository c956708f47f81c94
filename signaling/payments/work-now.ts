// Who works on answers of streaming sessions at this moment. A market pool has one set of units, and a stream pays all of them: so
// one coalition at a time has the seats, and only sessions that it answers may stream. The others are paid what receipts say.
import type { Address, Hex } from 'viem';
import type { JobId } from '../../protocol/ids.ts';
import type { PaidSession } from './paid-session.ts';
import { WITHIN_WEI } from './pay-up.ts';
import { dueOf, splitUnits, type Units } from './split.ts';

/** Shares are whole units: what they leave of somebody's pay is paid at the end, and is not worth a transaction before. */
const PARTS_OF_ALL = 2_000n;

type Weights = ReadonlyMap<Address, bigint>;

interface Work {
  contract: Address;
  session: Hex;
  /** Layers of each payout address. */
  weights: Weights;
}

export class WorkNow {
  /** In the order in which jobs began: the first one's coalition has the seats. */
  readonly #jobs = new Map<JobId, Work>();
  /** Who answered a session last: its stream runs on for some seconds after an answer. */
  readonly #last = new Map<Hex, Weights>();
  #isOthers = false;

  /** Somebody else moves the seats: none is known to be of those who work here, and none is moved. */
  giveUpSeats(): void {
    this.#isOthers = true;
  }

  get isOthers(): boolean {
    return this.#isOthers;
  }

  changed({ key, quote }: PaidSession, job: JobId, weights: Weights): void {
    this.#jobs.set(job, { contract: quote.pool, session: key, weights });
    this.#last.set(key, weights);
  }

  ended(job: JobId): void {
    this.#jobs.delete(job);
  }

  forget(session: Hex): void {
    this.#last.delete(session);
  }

  contracts(): Set<Address> {
    return new Set(this.#isOthers ? [] : [...this.#jobs.values()].map(({ contract }) => contract));
  }

  /** Units of those who have the seats; none while nobody works. */
  wantedUnits(contract: Address, operatorUnits: number): Units {
    const holders = this.#isOthers ? undefined : this.#holders(contract);
    return splitUnits(holders ?? new Map(), operatorUnits);
  }

  /** Whether those who answer this session have the seats, all of them and nobody else. */
  hasSeats({ key, quote }: PaidSession): boolean {
    if (this.#isOthers) return false;
    const holders = this.#holders(quote.pool);
    if (!holders) return true;
    const own = [...this.#jobs.values()].filter(({ session }) => session === key).map(({ weights }) => weights);
    if (own.length > 0) return own.every((weights) => isSame(weights, holders));
    const last = this.#last.get(key);
    return last !== undefined && isSame(last, holders);
  }

  /** Whether something is due to somebody without a seat: a stream would bring it to others. */
  owesOutsiders({ quote, targets, had }: PaidSession): boolean {
    const holders = this.#holders(quote.pool);
    if (!holders) return false;
    const isMuch = (address: Address, due: bigint): boolean =>
      due > WITHIN_WEI && due * PARTS_OF_ALL > (targets.get(address) ?? 0n);
    return [...dueOf(targets, had)].some(([address, due]) => isMuch(address, due) && !holders.has(address));
  }

  #holders(contract: Address): Weights | undefined {
    for (const work of this.#jobs.values()) if (work.contract === contract) return work.weights;
    return undefined;
  }
}

const isSame = (one: Weights, other: Weights): boolean =>
  one.size === other.size && [...one].every(([address, weight]) => other.get(address) === weight);
