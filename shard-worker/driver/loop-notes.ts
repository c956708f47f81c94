// What drivers of loops have signed that they have: for the window of each loop, and for the server, which asks where a driver vanished.
// One signature of a job is checked at a time, and what came meanwhile but the last is skipped: a note says all that those before it do.
import type { DeliveryNote, SignedDelivery } from '../../protocol/delivery.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';

/** One has half a KB. */
const MAX_NOTES = 512;

type Check = (signed: SignedDelivery) => Promise<DeliveryNote>;

interface Pending {
  signed: SignedDelivery;
  tell(): void;
}

export class LoopNotes {
  readonly #notes = new Map<JobId, SignedDelivery>();
  /** Jobs of which one is being checked, and what waits behind it. */
  readonly #checking = new Map<JobId, Pending | undefined>();

  of(job: JobId): SignedDelivery | undefined {
    return this.#notes.get(job);
  }

  /** Tokens of that job that are signed for. Whoever signs pays for them, in whatever epoch it says that they came. */
  tokensOf(job: JobId): number {
    const signed = this.#notes.get(job);
    return signed ? tokensIn(signed) : 0;
  }

  /** One that a driver shows with its prompt. What is not sound is as if it was not there. */
  async show(grant: OpenGrant, driver: PeerId, signed: SignedDelivery, check: Check): Promise<void> {
    if (isOf(grant, driver, signed) && this.#saysMore(signed) && (await isSound(signed, check))) this.#keep(signed);
  }

  /** `tell`: it is known to be so, and says more than those before it. */
  take(grant: OpenGrant, driver: PeerId, signed: SignedDelivery, tell: () => void, check: Check): void {
    if (!isOf(grant, driver, signed) || !this.#saysMore(signed)) return;
    const { job } = grant;
    const pending = { signed, tell };
    if (this.#checking.has(job)) this.#checking.set(job, pending);
    else void this.#check(job, pending, check);
  }

  async #check(job: JobId, first: Pending, check: Check): Promise<void> {
    let next: Pending | undefined = first;
    while (next) {
      const { signed, tell }: Pending = next;
      this.#checking.set(job, undefined);
      if ((await isSound(signed, check)) && this.#keep(signed)) tell();
      next = this.#checking.get(job);
    }
    this.#checking.delete(job);
  }

  #saysMore(signed: SignedDelivery): boolean {
    const before = this.#notes.get(signed.note.job);
    return !before || tokensIn(signed) > tokensIn(before);
  }

  #keep(signed: SignedDelivery): boolean {
    const { job } = signed.note;
    if (!this.#saysMore(signed)) return false;
    this.#notes.delete(job);
    this.#notes.set(job, signed);
    const [oldest] = this.#notes.keys();
    if (this.#notes.size > MAX_NOTES && oldest !== undefined) this.#notes.delete(oldest);
    return true;
  }
}

const tokensIn = ({ note }: SignedDelivery): number => note.delivered.reduce((sum, { tokens }) => sum + tokens, 0);

const isOf = ({ job, nonce, server, pool }: OpenGrant, driver: PeerId, { note }: SignedDelivery): boolean =>
  note.job === job && note.nonce === nonce && note.server === server && note.pool === pool && note.peer === driver;

const isSound = (signed: SignedDelivery, check: Check): Promise<boolean> =>
  check(signed).then(
    () => true,
    () => false,
  );
