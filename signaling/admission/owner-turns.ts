// Whose turn it is in a lane that owners share. Who begins longest ago is next; an owner alone may have all workers, and
// whoever has none at work never waits for those of another. Pure but for its own count.

export interface TurnLimits {
  /** At work at once. */
  workers: number;
  /** Beyond them, for owners that have nothing at work: one whose work is stuck holds up nobody else. */
  spare: number;
}

/** Owners whose last turn is remembered: beyond it, one that was quiet for long goes first again. */
const MAX_REMEMBERED = 10_000;

export class OwnerTurns {
  readonly #limits: TurnLimits;
  readonly #atWork = new Map<string, number>();
  /** In order of their last turn. */
  readonly #lastTurns = new Map<string, number>();
  #turns = 0;
  #total = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** The one of these whose turn it is, counted as at work from now on; undefined when there is no room for any of them. */
  begin(waiting: readonly string[]): string | undefined {
    const wanting = new Set([...waiting, ...this.#atWork.keys()]);
    let next: string | undefined;
    for (const owner of waiting) {
      if (!this.#mayBegin(owner, waiting, wanting.size)) continue;
      if (next === undefined || this.#lastTurnOf(owner) < this.#lastTurnOf(next)) next = owner;
    }
    if (next !== undefined) this.#count(next);
    return next;
  }

  /** What `begin` counted is over. */
  end(owner: string): void {
    const left = (this.#atWork.get(owner) ?? 1) - 1;
    if (left > 0) this.#atWork.set(owner, left);
    else this.#atWork.delete(owner);
    this.#total--;
  }

  #mayBegin(owner: string, waiting: readonly string[], owners: number): boolean {
    const { workers, spare } = this.#limits;
    const own = this.#atWork.get(owner) ?? 0;
    if (own === 0) return this.#total < workers + spare;
    if (this.#total >= workers) return false;
    const isAlone = waiting.every((other) => other === owner);
    return isAlone || own < Math.max(1, Math.floor(workers / owners));
  }

  #lastTurnOf(owner: string): number {
    return this.#lastTurns.get(owner) ?? 0;
  }

  #count(owner: string): void {
    this.#total++;
    this.#atWork.set(owner, (this.#atWork.get(owner) ?? 0) + 1);
    this.#lastTurns.delete(owner);
    this.#lastTurns.set(owner, ++this.#turns);
    if (this.#lastTurns.size <= MAX_REMEMBERED) return;
    const [oldest = ''] = this.#lastTurns.keys();
    this.#lastTurns.delete(oldest);
  }
}
