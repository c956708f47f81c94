// What drivers of loops have signed that they have: for the window of each loop, and for the server, which asks where a driver vanished.
// One signature of a job is checked at a time, and what came meanwhile but the last is skipped: a note says all that those before it do.
import type { DeliveryNote, SignedDelivery } from '../../protocol/delivery.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';

/** One has half a KB. */
const MAX_NOTES = 512;

/** What a note says, as far as a loop looks at it. */
export type Signed = Pick<DeliveryNote, 'promptTokens' | 'delivered'>;

/** Who takes it. */
export interface NoteTaker {
  /** Tokens of it that count: of epochs that gave so many. */
  worthOf(signed: Signed): number;
  /** What is signed for, once that is known to be so; not at all where it says nothing new. */
  tell(signed: Signed): void;
}

interface Pending extends NoteTaker {
  signed: SignedDelivery;
}

export class LoopNotes {
  readonly #notes = new Map<JobId, SignedDelivery>();
  /** Whose is being checked, and what waits behind it. */
  readonly #checking = new Map<JobId, Pending | undefined>();

  of(job: JobId): SignedDelivery | undefined {
    return this.#notes.get(job);
  }

  take(
    grant: OpenGrant,
    driver: PeerId,
    signed: SignedDelivery,
    taker: NoteTaker,
    check: (signed: SignedDelivery) => Promise<DeliveryNote>,
  ): void {
    const { note } = signed;
    const { job, nonce, server, pool } = grant;
    const isOwn =
      note.job === job && note.nonce === nonce && note.server === server && note.pool === pool && note.peer === driver;
    const pending = { ...taker, signed };
    if (!isOwn || !this.#saysMore(job, pending)) return;
    if (this.#checking.has(job)) this.#checking.set(job, pending);
    else void this.#check(job, pending, check);
  }

  async #check(job: JobId, first: Pending, check: (signed: SignedDelivery) => Promise<DeliveryNote>): Promise<void> {
    let next: Pending | undefined = first;
    while (next) {
      const { signed, tell }: Pending = next;
      this.#checking.set(job, undefined);
      const isSound = await check(signed).then(
        () => true,
        () => false,
      );
      if (isSound && this.#saysMore(job, next)) {
        this.#keep(job, signed);
        tell(signed.note);
      }
      next = this.#checking.get(job);
    }
    this.#checking.delete(job);
  }

  #saysMore(job: JobId, { signed, worthOf }: Pending): boolean {
    const before = this.#notes.get(job);
    if (!before) return true;
    const more = worthOf(signed.note) - worthOf(before.note);
    // What has not come out of here yet is on its way.
    return more > 0 || (more === 0 && tokensOf(signed.note) > tokensOf(before.note));
  }

  #keep(job: JobId, signed: SignedDelivery): void {
    this.#notes.delete(job);
    this.#notes.set(job, signed);
    const [oldest] = this.#notes.keys();
    if (this.#notes.size > MAX_NOTES && oldest !== undefined) this.#notes.delete(oldest);
  }
}

const tokensOf = ({ delivered }: Signed): number => delivered.reduce((sum, { tokens }) => sum + tokens, 0);
