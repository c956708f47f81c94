// The shards of this window, each with its live state.
'use client';
import { useStore } from '../state/use-store.ts';
import { ShardCard } from './shard-card.tsx';
import type { Shard } from './use-shards.ts';
import { useUnloadHint } from './use-unload-hint.ts';

interface Props {
  shards: readonly Shard[];
  onLeave(key: number): void;
}

export function ShardList({ shards, onLeave }: Props) {
  return (
    <ul className="space-y-5">
      {shards.map((shard, index) => (
        <LiveShard key={shard.key} shard={shard} number={index + 1} onLeave={onLeave} />
      ))}
    </ul>
  );
}

function LiveShard({ shard, number, onLeave }: { shard: Shard; number: number; onLeave(key: number): void }) {
  const state = useStore(shard.peer.state);
  useUnloadHint(state?.phase === 'serving');
  if (!state) return null;
  return (
    <li>
      <ShardCard state={state} number={number} onRetry={() => shard.peer.retry()} onLeave={() => onLeave(shard.key)} />
    </li>
  );
}
