// A value that changes and can be watched; the shape that React's `useSyncExternalStore` takes.

export interface Store<T> {
  get(): T;
  /** Calls back after each change; returns the way to stop. */
  subscribe(listener: () => void): () => void;
}

/** A store with a setter, kept by its owner; others get it as `Store`. */
export class ValueStore<T> implements Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Replaces the named fields. */
  patch(fields: Partial<T>): void {
    this.set({ ...this.#value, ...fields });
  }
}
