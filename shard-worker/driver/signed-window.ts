// How far the driver of a job has signed for what the loops of one entry gave it: beyond that, and a lead, they rest. One for each job,
// whatever sessions it opens. Holds no keys and checks no signature.
import type { JobId } from '../../protocol/ids.ts';
import type { Signed } from './loop-notes.ts';

/** One has a few numbers. */
const MAX_WINDOWS = 512;

export class SignedWindow {
  /** Positions that were known when the job first came here. */
  readonly #begun: number;
  /** Those that others have given since: known when it came again, and not out of here. */
  #elsewhere = 0;
  #givenHere = 0;
  /** By epoch: tokens that came out of it here. */
  readonly #given = new Map<number, number>();
  #position: number;

  constructor(begun: number) {
    this.#begun = begun;
    this.#position = begun;
  }

  /** Positions before this one are prompt, or signed for. */
  get position(): number {
    return this.#position;
  }

  /** The job comes again, and so many positions are known. */
  cameAgain(known: number): void {
    this.#elsewhere = Math.max(this.#elsewhere, known - this.#begun - this.#givenHere);
  }

  gave(epoch: number): void {
    this.#givenHere++;
    this.#given.set(epoch, (this.#given.get(epoch) ?? 0) + 1);
  }

  /** Where nobody is paid, a driver's word is enough. */
  told(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  /** An end of sequence is a token that is not delivered. */
  signed(signed: Signed): void {
    this.told(Math.min(signed.promptTokens, this.#begun) + this.worthOf(signed) + 1);
  }

  /** Tokens of it that count: of an epoch as many as came out of it here, of all others as many as were known before. */
  worthOf({ promptTokens, delivered }: Signed): number {
    let [own, others] = [0, 0];
    for (const { epoch, tokens } of delivered) {
      const given = this.#given.get(epoch);
      if (given === undefined) others += tokens;
      else own += Math.min(tokens, given);
    }
    return own + Math.min(others, Math.max(0, this.#begun - promptTokens) + this.#elsewhere);
  }
}

export class SignedWindows {
  readonly #windows = new Map<JobId, SignedWindow>();

  /** The job's, as it was when it first came; without one a fresh one, for nobody is paid. */
  of(job: JobId | undefined, begun: number): SignedWindow {
    if (job === undefined) return new SignedWindow(begun);
    const known = this.#windows.get(job) ?? new SignedWindow(begun);
    known.cameAgain(begun);
    this.#windows.delete(job);
    this.#windows.set(job, known);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MAX_WINDOWS && oldest !== undefined) this.#windows.delete(oldest);
    return known;
  }
}
