// Asks the stages that worked on a job for their receipts and waits for them, a little. What comes is checked for its
// signature here; what it is worth is the settlement's business.
import type { ServerMessage } from '../../protocol/control.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import { MAX_CHOICES, RECEIPT_TIMEOUT_MS } from '../../protocol/limits.ts';
import { checkReceipt, type SignedReceipt } from '../../protocol/receipt.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';

interface Wait {
  resolve(receipts: readonly SignedReceipt[]): void;
  timer: NodeJS.Timeout;
}

type Frames = { session: SessionId; frames: number }[];

/** A job has one session per choice and epoch, and one more when a driver tries again within an epoch. */
const MAX_SESSIONS = 2 * MAX_CHOICES;

export class ReceiptCollector {
  readonly #send: (peer: PeerId, message: ServerMessage) => boolean;
  readonly #timeoutMs: number;
  readonly #waits = new Map<string, Wait>();

  constructor(send: (peer: PeerId, message: ServerMessage) => boolean, timeoutMs = RECEIPT_TIMEOUT_MS) {
    this.#send = send;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Receipts of every stage of these epochs, at the frames that the driver countersigned. Where it countersigned nothing
   * (it vanished), the stages are asked twice: for what they have, then all for the least of it, so that chains compare.
   */
  async collect(job: JobId, epochs: readonly EpochSeats[], driver: readonly SignedReceipt[]): Promise<SignedReceipt[]> {
    const found: SignedReceipt[] = [];
    for (const used of epochs) {
      const signed = driver.filter(({ receipt }) => receipt.epoch === used.epoch);
      const frames: Frames = signed.map(({ receipt }) => ({ session: receipt.session, frames: receipt.frames }));
      const first = await this.#ask(job, used, frames.slice(0, MAX_SESSIONS));
      const least = frames.length > 0 ? [] : leastFrames(first);
      found.push(...(least.length > 0 ? await this.#ask(job, used, least) : first));
    }
    return found;
  }

  /** A stage's answer. False when nobody waits for it. */
  take(peer: PeerId, job: JobId, epoch: number, receipts: readonly SignedReceipt[]): boolean {
    const wait = this.#waits.get(keyOf(peer, job, epoch));
    wait?.resolve(receipts);
    return wait !== undefined;
  }

  /** It will not answer any more. */
  peerGone(peer: PeerId): void {
    for (const [key, wait] of [...this.#waits]) if (key.startsWith(`${peer}/`)) wait.resolve([]);
  }

  async #ask(job: JobId, { epoch, seats }: EpochSeats, sessions: Frames): Promise<SignedReceipt[]> {
    const answers = await Promise.all(seats.map(({ peer }) => this.#askOne(peer, job, epoch, sessions)));
    return answers.flat();
  }

  async #askOne(peer: PeerId, job: JobId, epoch: number, sessions: Frames): Promise<SignedReceipt[]> {
    const key = keyOf(peer, job, epoch);
    const answer = new Promise<readonly SignedReceipt[]>((resolve) => {
      const timer = setTimeout(() => settle([]), this.#timeoutMs);
      const settle = (receipts: readonly SignedReceipt[]): void => {
        clearTimeout(timer);
        this.#waits.delete(key);
        resolve(receipts);
      };
      this.#waits.set(key, { resolve: settle, timer });
    });
    if (!this.#send(peer, { type: 'receipt-request', job, epoch, sessions })) this.#waits.get(key)?.resolve([]);
    const checked = await Promise.all(
      (await answer).slice(0, MAX_SESSIONS).map((signed) => ownReceipt(signed, peer, job, epoch)),
    );
    return checked.filter((signed) => signed !== undefined);
  }
}

const keyOf = (peer: PeerId, job: JobId, epoch: number): string => `${peer}/${job}/${epoch}`;

/** The receipt if this peer signed it, as a stage, for this job and epoch. */
async function ownReceipt(
  signed: SignedReceipt,
  peer: PeerId,
  job: JobId,
  epoch: number,
): Promise<SignedReceipt | undefined> {
  const { receipt } = signed;
  if (receipt.peer !== peer || receipt.job !== job || receipt.epoch !== epoch || receipt.role !== 'stage')
    return undefined;
  return checkReceipt(signed).then(
    () => signed,
    () => undefined,
  );
}

/** Per session the least number of frames that any stage signed for. */
function leastFrames(receipts: readonly SignedReceipt[]): Frames {
  const least = new Map<SessionId, number>();
  for (const { receipt } of receipts) {
    least.set(receipt.session, Math.min(receipt.frames, least.get(receipt.session) ?? Number.POSITIVE_INFINITY));
  }
  return [...least].map(([session, frames]) => ({ session, frames })).slice(0, MAX_SESSIONS);
}
