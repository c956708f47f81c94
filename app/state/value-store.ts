// A value of this window that outlives its pages, and can be watched: the shape that React's `useSyncExternalStore` takes.

export class ValueStore<T> {
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
