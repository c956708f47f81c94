// A part of the program that is fetched from this site once somebody needs it. What stands in its place until then, and where it
// cannot be had, is its user's matter.
import { useEffect, useSyncExternalStore } from 'react';
import { ValueStore } from '../../protocol/value-store.ts';

export class LazyPart<T> {
  readonly state = new ValueStore<T | undefined>(undefined);
  readonly #fetch: () => Promise<T>;
  #loading: Promise<void> | undefined;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Fetches it once; after a failure whoever needs it next tries again. */
  readonly load = (): Promise<void> => {
    this.#loading ??= this.#fetch().then(
      (part) => this.state.set(part),
      () => {
        this.#loading = undefined;
      },
    );
    return this.#loading;
  };
}

/** The part, if it is there by now; asks for it where `isWanted`. */
export function useLazyPart<T>({ state, load }: LazyPart<T>, isWanted = true): T | undefined {
  useEffect(() => {
    if (isWanted) void load();
  }, [load, isWanted]);
  return useSyncExternalStore(state.subscribe, state.get, state.get);
}
