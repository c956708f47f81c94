// What this worker knows of the server: its key, and its time, told at each welcome. Counts on from there with the clock that
// nobody sets, so that a tab whose own clock is wrong serves as any other.
import { PoolError } from '../../protocol/errors.ts';
import type { TokenCheck } from '../words/token-check.ts';

export class ServerTrust implements Required<TokenCheck> {
  readonly #monotonicMs: () => number;
  #key: string | undefined;
  /** The server's time when the monotonic clock stood at 0, seconds since 1970. */
  #originSeconds = 0;

  /** `monotonicMs`: never set back or forward; counts from any moment. */
  constructor(monotonicMs = (): number => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  learn({ orchestratorKey, nowSeconds }: { orchestratorKey: string; nowSeconds: number }): void {
    this.#key = orchestratorKey;
    this.#originSeconds = nowSeconds - this.#monotonicMs() / 1000;
  }

  readonly orchestratorKey = (): string => {
    if (this.#key === undefined) throw new PoolError('internal', 'The worker does not know the server’s key.');
    return this.#key;
  };

  readonly nowSeconds = (): number => this.#originSeconds + this.#monotonicMs() / 1000;
}
