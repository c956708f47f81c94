// The ids of the shards of this window as they connect.
import { useCallback, useSyncExternalStore } from 'react';
import type { PeerId } from '../../protocol/ids.ts';
import type { Shard } from './lent-shards.ts';

const idOf = (shard: Shard): PeerId | undefined => shard.peer.state.get().peer;

/** Ids in the order of the shards, without those that have not connected yet. */
export function useShardPeers(shards: readonly Shard[]): PeerId[] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = shards.map((shard) => shard.peer.state.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [shards],
  );
  // A text, because the snapshot must be equal as long as nothing changed.
  const ids = useSyncExternalStore(
    subscribe,
    () => shards.flatMap((shard) => idOf(shard) ?? []).join(' '),
    () => '',
  );
  return ids === '' ? [] : (ids.split(' ') as PeerId[]);
}
