// The shards of this window: opens and closes stage peers, and closes them all with the page.
import { useCallback, useEffect, useRef, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import type { openStagePeer, StagePeer } from '../../shard-worker/index.ts';
import type { ShownError } from '../state/show-error.ts';
import { MAX_SHARDS_PER_WINDOW } from './join-query.ts';

/** Model, backend and memory of a shard to be opened. */
export type ShardOptions = Parameters<typeof openStagePeer>[0];

export interface Shard {
  key: number;
  peer: StagePeer;
}

export interface Shards {
  shards: Shard[];
  /** Why the last shard could not be opened at all. */
  error?: ShownError;
  /** Options of the last shard, for one more of the same. */
  options?: ShardOptions;
  full: boolean;
  add(options: ShardOptions, count?: number): void;
  leave(key: number): void;
}

export function useShards(): Shards {
  const [shards, setShards] = useState<Shard[]>([]);
  const [error, setError] = useState<ShownError>();
  const [options, setOptions] = useState<ShardOptions>();
  const open = useRef(new Map<number, StagePeer>());
  const nextKey = useRef(1);
  const mounted = useRef(true);

  useEffect(() => {
    mounted.current = true;
    const peers = open.current;
    return () => {
      mounted.current = false;
      for (const peer of peers.values()) peer.close();
      peers.clear();
    };
  }, []);

  const add = useCallback((wanted: ShardOptions, count = 1) => {
    setOptions(wanted);
    setError(undefined);
    import('../../shard-worker/index.ts')
      .then(({ openStagePeer }) => {
        for (let left = count; left > 0 && mounted.current && open.current.size < MAX_SHARDS_PER_WINDOW; left -= 1) {
          const key = nextKey.current++;
          open.current.set(key, openStagePeer(wanted));
        }
        if (mounted.current) setShards(list(open.current));
      })
      .catch((cause: unknown) => {
        const { code, message, next } = PoolError.from(cause);
        if (mounted.current) setError({ code, message, next });
      });
  }, []);

  const leave = useCallback((key: number) => {
    open.current.get(key)?.close();
    open.current.delete(key);
    setShards(list(open.current));
  }, []);

  return { shards, error, options, full: shards.length >= MAX_SHARDS_PER_WINDOW, add, leave };
}

const list = (open: Map<number, StagePeer>): Shard[] => Array.from(open, ([key, peer]) => ({ key, peer }));
