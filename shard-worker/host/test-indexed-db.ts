// IndexedDB, which Node has not, as far as this package needs it. A browser's own is in the browser tests.

/** One database with one store; each request ends in a later task, as IndexedDB's do. */
export class FakeIndexedDb {
  readonly values = new Map<string, unknown>();
  isStoreMade = false;
  #request<Value>(work: () => Value, before?: () => void): IDBRequest<Value> {
    const request = {} as { onsuccess?: () => void; onerror?: () => void; result: Value; error: unknown };
    setImmediate(() => {
      try {
        request.result = work();
        before?.();
        request.onsuccess?.();
      } catch (error) {
        request.error = error;
        request.onerror?.();
      }
    });
    return request as unknown as IDBRequest<Value>;
  }
  open = () => {
    const store = {
      get: (key: string) => this.#request(() => this.values.get(key)),
      getAllKeys: () => this.#request(() => [...this.values.keys()]),
      delete: (key: string) => this.#request(() => this.values.delete(key)),
      put: (value: unknown, key: string) => this.#request(() => this.values.set(key, structuredClone(value))),
    };
    const database = {
      createObjectStore: () => {
        this.isStoreMade = true;
      },
      transaction: () => ({ objectStore: () => store }),
      close: () => {},
    };
    const request = this.#request(
      () => database,
      () => {
        if (!this.isStoreMade) (request as unknown as IDBOpenDBRequest).onupgradeneeded?.({} as never);
      },
    );
    return request as never;
  };
}
