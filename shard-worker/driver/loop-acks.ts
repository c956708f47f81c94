// What the driver of a loop acknowledges of one answer, and when: now and then, in the order in which it signed for it. Where nobody is
// paid its word is enough.
import type { SignedDelivery } from '../../protocol/delivery.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { ACK_EVERY_MS, ACK_EVERY_TOKENS, LOOP_AHEAD_TOKENS } from '../../protocol/limits.ts';
import type { GenerateOptions } from './generate-options.ts';
import type { LoopRing } from './loop-ring.ts';

interface LoopAcksStart {
  ring: LoopRing;
  session: SessionId;
  options: Pick<GenerateOptions, 'witness' | 'jobGrant'>;
  /** Positions that are known. */
  length: number;
}

export class LoopAcks {
  readonly #start: LoopAcksStart;
  #acked: number;
  #length: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #signing: Promise<unknown> = Promise.resolve();

  constructor(start: LoopAcksStart) {
    this.#start = start;
    this.#acked = start.length;
    this.#length = start.length;
  }

  /** So many positions are known now. */
  reach(length: number, isNow = false): void {
    this.#length = length;
    if (length === this.#acked) return;
    if (isNow || length - this.#acked >= this.#every) this.say();
    else this.#timer ??= setTimeout(() => this.say(), ACK_EVERY_MS);
  }

  /** Also what was said before: it may not have come there. */
  say(): void {
    this.close();
    const { ring, session, options } = this.#start;
    const length = this.#length;
    this.#acked = length;
    if (!options.witness) ring.ack(session, length, undefined);
    else
      this.sign().then(
        (delivery) => ring.ack(session, length, delivery),
        () => {},
      );
  }

  /** For all that is known, behind what was signed for before. */
  sign(): Promise<SignedDelivery | undefined> {
    const { witness } = this.#start.options;
    const signed = this.#signing.then(() => witness?.());
    this.#signing = signed.catch(() => {});
    return signed;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Where the loop has little of a lead, each token is signed for. */
  get #every(): number {
    const { ahead = LOOP_AHEAD_TOKENS } = this.#start.options.jobGrant?.claims ?? {};
    return Math.max(1, Math.min(ACK_EVERY_TOKENS, ahead >> 3));
  }
}
