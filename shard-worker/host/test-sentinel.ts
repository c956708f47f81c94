// A sentinel that measures nothing: a test says which links answer. Used by tests only.
import type { PoolError } from '../../protocol/errors.ts';
import type { SentinelEvents } from '../sentinel/sentinel-api.ts';
import type { HostSentinel } from './host.ts';

export class TestSentinel implements HostSentinel {
  readonly watched = new Set<number>();
  isTerminated = false;
  readonly #listeners: ((pulse: SentinelEvents['pulse']) => void)[] = [];
  readonly #enders: ((error: PoolError) => void)[] = [];

  on: HostSentinel['on'] = (_event, listener) => {
    this.#listeners.push(listener as (pulse: SentinelEvents['pulse']) => void);
  };

  watch(id: number): void {
    this.watched.add(id);
  }

  unwatch(id: number): void {
    this.watched.delete(id);
  }

  onEnd(listener: (error: PoolError) => void): void {
    this.#enders.push(listener);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  tell(id: number, state: SentinelEvents['pulse']['state']): void {
    for (const listener of this.#listeners) listener({ id, state, silentMs: 0 });
  }

  /** It stopped by itself. */
  end(error: PoolError): void {
    for (const listener of this.#enders) listener(error);
  }
}
