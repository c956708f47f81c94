// Watches a store of shard-worker from React.
import { useCallback, useSyncExternalStore } from 'react';
import type { Store } from '../../shard-worker/index.ts';

const nothing = (): undefined => undefined;

/** The store's value, drawn anew at each change; undefined while there is no store. */
export function useStore<T>(store: Store<T> | undefined): T | undefined {
  const subscribe = useCallback((listener: () => void) => store?.subscribe(listener) ?? (() => {}), [store]);
  const get = useCallback(() => store?.get(), [store]);
  return useSyncExternalStore(subscribe, get, nothing);
}
