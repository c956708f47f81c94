// Asks the stages that worked on a job for their receipts and waits for them, a little. What comes is checked for its
// signature here; what it is worth is the settlement's business.
import type { ServerMessage } from '../../protocol/control.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { MAX_CHOICES, RECEIPT_TIMEOUT_MS } from '../../protocol/limits.ts';
import { checkReceipt, type SignedReceipt } from '../../protocol/receipt.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';

interface Wait {
  /** It has not been asked yet: it is not here. */
  isAbsent: boolean;
  resolve(receipts: readonly SignedReceipt[]): void;
  timer: NodeJS.Timeout;
}

/** A job has one session per choice and epoch, and one more when a driver tries again within an epoch. */
const MAX_SESSIONS = 2 * MAX_CHOICES;

export interface ReceiptCollectorOptions {
  /** Receipts for another server are none. */
  server: PeerId;
  /** False when the peer is not connected. */
  send(peer: PeerId, message: ServerMessage): boolean;
  timeoutMs?: number | undefined;
}

export class ReceiptCollector {
  readonly #server: PeerId;
  readonly #send: ReceiptCollectorOptions['send'];
  readonly #timeoutMs: number;
  readonly #waits = new Map<string, Wait>();

  constructor({ server, send, timeoutMs = RECEIPT_TIMEOUT_MS }: ReceiptCollectorOptions) {
    this.#server = server;
    this.#send = send;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Receipts of every stage of these epochs. All are asked at once: one that is silent costs the wait once. One that is not here
   * has none, unless it `mayReturn`: then it is asked when it comes, within the same wait.
   */
  async collect(job: JobId, epochs: readonly EpochSeats[], mayReturn = false): Promise<SignedReceipt[]> {
    const answers = epochs.flatMap(({ epoch, seats }) =>
      seats.map(({ peer }) => this.#askOne(peer, job, epoch, mayReturn)),
    );
    return (await Promise.all(answers)).flat();
  }

  /** A stage's answer. False when nobody waits for it. */
  take(peer: PeerId, job: JobId, epoch: number, receipts: readonly SignedReceipt[]): boolean {
    const wait = this.#waits.get(keyOf(peer, job, epoch));
    wait?.resolve(receipts);
    return wait !== undefined;
  }

  /** It is here again. */
  peerJoined(peer: PeerId): void {
    for (const [key, wait] of this.#waits) {
      const [of, job, epoch] = key.split('/') as [PeerId, JobId, string];
      if (of !== peer || !wait.isAbsent) continue;
      wait.isAbsent = !this.#send(peer, { type: 'receipt-request', job, epoch: Number(epoch) });
    }
  }

  /** It will not answer any more. */
  peerGone(peer: PeerId): void {
    for (const [key, wait] of [...this.#waits]) if (key.startsWith(`${peer}/`)) wait.resolve([]);
  }

  async #askOne(peer: PeerId, job: JobId, epoch: number, mayReturn: boolean): Promise<SignedReceipt[]> {
    const key = keyOf(peer, job, epoch);
    const answer = new Promise<readonly SignedReceipt[]>((resolve) => {
      const timer = setTimeout(() => settle([]), this.#timeoutMs);
      const settle = (receipts: readonly SignedReceipt[]): void => {
        clearTimeout(timer);
        this.#waits.delete(key);
        resolve(receipts);
      };
      this.#waits.set(key, { isAbsent: false, resolve: settle, timer });
    });
    const isAbsent = !this.#send(peer, { type: 'receipt-request', job, epoch });
    const wait = this.#waits.get(key);
    if (wait && isAbsent && mayReturn) wait.isAbsent = true;
    else if (isAbsent) wait?.resolve([]);
    return this.check(await answer, { peer, job, epoch });
  }

  /** Those that this peer signed for this server, job and epoch. */
  async check(
    receipts: readonly SignedReceipt[],
    asked: { peer: PeerId; job: JobId; epoch: number },
  ): Promise<SignedReceipt[]> {
    const checked = await Promise.all(
      receipts.slice(0, MAX_SESSIONS).map((signed) => ownReceipt(signed, { server: this.#server, ...asked })),
    );
    return checked.filter((signed) => signed !== undefined);
  }
}

const keyOf = (peer: PeerId, job: JobId, epoch: number): string => `${peer}/${job}/${epoch}`;

/** The receipt if this peer signed it for this server, job and epoch. */
async function ownReceipt(
  signed: SignedReceipt,
  asked: { server: PeerId; peer: PeerId; job: JobId; epoch: number },
): Promise<SignedReceipt | undefined> {
  const { server, peer, job, epoch } = signed.receipt;
  if (server !== asked.server || peer !== asked.peer || job !== asked.job || epoch !== asked.epoch) return undefined;
  return checkReceipt(signed).then(
    () => signed,
    () => undefined,
  );
}
