// A line in front of something scarce. Turns go round by network address first, since accounts are free and addresses are not,
// and among those of one address by owner. Knows nothing of what is done. Pure but for its own count.
import { OwnerTurns, type TurnLimits } from './owner-turns.ts';

/** Who asks for something that all share. */
export interface Asker {
  /** As limits count it (`addressKey`). Undefined for what no request brings now: batches, and the server itself. */
  address: string | undefined;
  owner: string;
}

export interface LineLimits extends TurnLimits {
  /** Work that waits, of all together. */
  waiting: number;
}

/** What no request brings has the turns of one address. */
const OWN_ADDRESS = 'server';

export class TurnLine<Work extends { readonly asker: Asker }> {
  readonly #addresses: OwnerTurns;
  /** Only in which order: an address's work is bounded as a whole. */
  readonly #owners = new OwnerTurns({ workers: Number.POSITIVE_INFINITY, spare: 0 });
  readonly #maxWaiting: number;
  #waiting: Work[] = [];

  constructor({ waiting, ...limits }: LineLimits) {
    this.#addresses = new OwnerTurns(limits);
    this.#maxWaiting = waiting;
  }

  /** Puts it in line. Then `begin`, and `shorten` after that: what can begin at once does not wait. */
  push(work: Work): void {
    this.#waiting.push(work);
  }

  /** What gives way if too many wait: the newest of who has most waiting at the address that has most. */
  shorten(): Work | undefined {
    if (this.#waiting.length <= this.#maxWaiting) return undefined;
    const ofAddress = largestOf(this.#waiting, addressOf);
    const work = largestOf(ofAddress, ownerOf).at(-1)!;
    this.remove(work);
    return work;
  }

  /** Takes out what is next of those that may begin, and counts it as at work until `end`. */
  begin(mayBegin: (work: Work) => boolean = () => true): Work | undefined {
    const able = this.#waiting.filter(mayBegin);
    const address = this.#addresses.begin(able.map(addressOf));
    if (address === undefined) return undefined;
    const ofAddress = able.filter((work) => addressOf(work) === address);
    const owner = this.#owners.begin(ofAddress.map(ownerOf));
    const work = ofAddress.find((one) => ownerOf(one) === owner)!;
    this.remove(work);
    return work;
  }

  /** What `begin` gave is done. */
  end(work: Work): void {
    this.#addresses.end(addressOf(work));
    this.#owners.end(ownerOf(work));
  }

  /** Nobody waits for it any more. False when it is not in line. */
  remove(work: Work): boolean {
    const index = this.#waiting.indexOf(work);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Takes out all that wait. */
  clear(): Work[] {
    const waited = this.#waiting;
    this.#waiting = [];
    return waited;
  }
}

const addressOf = ({ asker }: { asker: Asker }): string => asker.address ?? OWN_ADDRESS;

const ownerOf = ({ asker }: { asker: Asker }): string => asker.owner;

/** The group with the most; of groups that are even, that which grew last. */
function largestOf<Work>(waiting: readonly Work[], keyOf: (work: Work) => string): Work[] {
  const groups = new Map<string, Work[]>();
  for (const work of waiting) {
    const key = keyOf(work);
    const group = groups.get(key) ?? [];
    groups.delete(key);
    groups.set(key, [...group, work]);
  }
  return [...groups.values()].reduce((most, group) => (group.length >= most.length ? group : most), []);
}
