// A tab's asks as the server sees them: wished for, queued, granted, done, settled. While the server is away they wait, and are
// said again once somebody could answer them. Drives nothing and sees no text.
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { QueuePlace, Settlement } from '../words/peer-state.ts';

type AskMessage = ClientMessage & { type: 'ask' };
type DoneMessage = ClientMessage & { type: 'ask-done' };
export type Granted = ServerMessage & { type: 'ask-granted' };

interface Waiting {
  message: AskMessage;
  hooks: AskHooks;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** No abort is heard any more. */
  off(): void;
  resolve(granted: Granted): void;
  reject(error: PoolError): void;
}

export interface AskHooks {
  onQueue?(place: QueuePlace): void;
  /** It waits until the server is back and has named who answers; over when that has happened. */
  onHeld?(isHeld: boolean): void;
  signal?: AbortSignal | undefined;
}

export interface AskClientOptions {
  send(message: ClientMessage): void;
  /** Another page of the same identity must not have asked by the numbers that follow: an ask that is said twice is one. */
  firstAsk?: number;
  answerTimeoutMs?: number;
}

/** The server says something of an ask at once; its silence means that it never heard it. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Ended answers that the server has not settled: older ones are given up. */
const MAX_UNSETTLED = 8;
/** Asks that were given up while nobody heard it. */
const MAX_GIVEN_UP = 64;

export class AskClient {
  readonly #options: AskClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unsettled = new Map<JobId, { message: DoneMessage; onSettled(settlement: Settlement): void }>();
  /** A server that began anew would refuse what nobody is there to answer. */
  #isHeld = false;
  #count: number;
  #granted: number | undefined;
  /** Those that are not wanted any more: the server may have heard of them, and not of that. */
  readonly #givenUp = new Set<number>();

  constructor(options: AskClientOptions) {
    this.#options = options;
    this.#count = options.firstAsk ?? 0;
  }

  /** The next ask is that one of an earlier page: the server may know it still. */
  goOnFrom(ask: number): void {
    this.#count = ask - 1;
  }

  /** The number of the ask that was said last. */
  get last(): number {
    return this.#count;
  }

  /** Resolves when it is this ask's turn. Rejects with the server's refusal, `cancelled`, or `link-failed`. */
  request(wish: Omit<AskMessage, 'type' | 'ask'>, hooks: AskHooks = {}): Promise<Granted> {
    this.#count++;
    const message: AskMessage = { type: 'ask', ask: this.#count, ...wish };
    return new Promise((resolve, reject) => {
      const cancelled = () => new PoolError('cancelled', 'The ask was cancelled while it waited.');
      if (hooks.signal?.aborted) return reject(cancelled());
      const onAbort = () => {
        this.#giveUp(message.ask, cancelled());
      };
      hooks.signal?.addEventListener('abort', onAbort);
      this.#waiting.set(message.ask, {
        message,
        hooks,
        timer: undefined,
        off: () => hooks.signal?.removeEventListener('abort', onAbort),
        resolve,
        reject,
      });
      if (this.#isHeld) hooks.onHeld?.(true);
      else this.#say(message.ask);
    });
  }

  /**
   * Tells the server how it ended, until it has settled. Resolves with the settlement, or with nothing after `waitMs`.
   *
   * @param onSettled told of it whenever it comes, also late.
   */
  done(
    ended: Omit<DoneMessage, 'type'>,
    waitMs: number,
    onSettled: (settlement: Settlement) => void = () => {},
  ): Promise<Settlement | undefined> {
    const message: DoneMessage = { type: 'ask-done', ...ended };
    const oldest = this.#unsettled.keys().next();
    if (this.#unsettled.size >= MAX_UNSETTLED && !oldest.done) this.#unsettled.delete(oldest.value);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), waitMs);
      this.#unsettled.set(message.job, {
        message,
        onSettled(settlement) {
          clearTimeout(timer);
          onSettled(settlement);
          resolve(settlement);
        },
      });
      this.#options.send(message);
    });
  }

  /** Nobody wants that one any more, of this page or of an earlier one; said again once the server is there. */
  cancel(ask: number): void {
    this.#giveUp(ask, new PoolError('cancelled', 'The ask was cancelled.'));
  }

  /** After a (re)connection: the server may have heard none of it. */
  welcome(): void {
    for (const ask of this.#givenUp) this.#options.send({ type: 'ask-cancel', ask });
    this.#givenUp.clear();
    if (!this.#isHeld) for (const ask of this.#waiting.keys()) this.#say(ask);
    for (const { message } of this.#unsettled.values()) this.#options.send(message);
  }

  /** The server is away: what waits waits on, however long that takes. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    for (const { timer, hooks } of this.#waiting.values()) {
      clearTimeout(timer);
      hooks.onHeld?.(true);
    }
  }

  /** Somebody could answer. */
  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    for (const [ask, { hooks }] of this.#waiting) {
      hooks.onHeld?.(false);
      this.#say(ask);
    }
  }

  hear(message: ServerMessage): void {
    if (message.type === 'ask-granted') this.#grant(message);
    else if (message.type === 'ask-refused') this.#refused(message);
    else if (message.type === 'ask-queued') {
      const waiting = this.#waiting.get(message.ask);
      clearTimeout(waiting?.timer);
      const { place, waiting: count, reason, why } = message;
      waiting?.hooks.onQueue?.({ place, waiting: count, reason, ...(why ? { why } : {}) });
    } else if (message.type === 'ask-settled') {
      const { job, chargedMicros, receiptId } = message;
      const ended = this.#unsettled.get(job);
      this.#unsettled.delete(job);
      ended?.onSettled({ job, chargedMicros, receiptId });
    }
  }

  /** Rejects all that wait. */
  close(error: PoolError): void {
    for (const ask of [...this.#waiting.keys()]) this.#take(ask)?.reject(error);
  }

  /** What nobody waits for any more is given back, but for the one that was granted last: that is told twice. */
  #grant(message: Granted): void {
    const { ask } = message;
    const waiting = this.#take(ask);
    if (waiting) {
      this.#granted = ask;
      waiting.resolve(message);
    } else if (ask !== this.#granted) this.#options.send({ type: 'ask-cancel', ask });
  }

  #giveUp(ask: number, error: PoolError): void {
    this.#options.send({ type: 'ask-cancel', ask });
    this.#givenUp.add(ask);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > MAX_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
    this.#take(ask)?.reject(error);
  }

  /** One that was refused because the server ends waits for the next one. */
  #refused({ ask, error }: ServerMessage & { type: 'ask-refused' }): void {
    if (error.code === 'shutting-down') this.hold();
    else this.#take(ask)?.reject(PoolError.from(error));
  }

  #say(ask: number): void {
    const waiting = this.#waiting.get(ask);
    if (!waiting) return;
    this.#options.send(waiting.message);
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => {
      this.#giveUp(ask, new PoolError('link-failed', 'The server did not answer the ask.'));
    }, this.#options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS);
  }

  #take(ask: number): Waiting | undefined {
    const waiting = this.#waiting.get(ask);
    clearTimeout(waiting?.timer);
    waiting?.off();
    this.#waiting.delete(ask);
    return waiting;
  }
}
