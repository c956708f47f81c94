// Small values in IndexedDB: one database, one store. A browser that does not answer has none.

export interface StorePlace {
  database: string;
  store: string;
}

/** A browser that does not answer within this has no storage to speak of. */
const PATIENCE_MS = 3_000;

/** Opens the database for `work` alone. Rejects as IndexedDB does. */
export async function withStore<Value>(
  indexedDB: Pick<IDBFactory, 'open'>,
  { database: name, store }: StorePlace,
  work: (store: (mode: IDBTransactionMode) => IDBObjectStore) => Promise<Value>,
): Promise<Value> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store);
  const database = await done(opening);
  try {
    return await work((mode) => database.transaction(store, mode).objectStore(store));
  } finally {
    database.close();
  }
}

export const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export function within<Value>(work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The browser’s storage does not answer.')), PATIENCE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
