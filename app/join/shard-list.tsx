// The shards of this window, each with its live state.
'use client';
import type { Shard } from '../state/lent-shards.ts';
import { useStore } from '../state/use-store.ts';
import { joinText } from '../text/english/join.ts';
import { ShardCard } from './shard-card.tsx';
import { useWorkSeen } from './window-earned.ts';

interface Props {
  shards: readonly Shard[];
  onLeave(key: number): void;
  onPause(key: number): void;
  onResume(key: number): void;
}

export function ShardList({ shards, ...acts }: Props) {
  return (
    <ul className="space-y-5">
      {shards.map((shard, index) => (
        <li key={shard.key}>
          {shard.isPaused ? (
            <PausedShard shard={shard} number={index + 1} {...acts} />
          ) : (
            <LiveShard shard={shard} number={index + 1} {...acts} />
          )}
        </li>
      ))}
    </ul>
  );
}

interface ShardProps extends Omit<Props, 'shards'> {
  shard: Shard;
  number: number;
}

function PausedShard({ shard, number, onLeave, onResume }: ShardProps) {
  return (
    <article className="panel p-4 sm:p-6" data-testid="paused-shard">
      <h2 className="font-semibold text-lg">{joinText.card.rests(number)}</h2>
      <p className="mt-1 text-muted">{joinText.card.restsHint}</p>
      <div className="mt-4 flex flex-wrap gap-2">
        <button type="button" className="button button-primary" onClick={() => onResume(shard.key)}>
          {joinText.card.again}
          <span className="sr-only">{joinText.card.againWith(number)}</span>
        </button>
        <button type="button" className="button" onClick={() => onLeave(shard.key)}>
          {joinText.card.remove}
          <span className="sr-only">{joinText.card.which(number)}</span>
        </button>
      </div>
    </article>
  );
}

function LiveShard({ shard, number, onLeave, onPause }: ShardProps) {
  const state = useStore(shard.peer.state);
  useWorkSeen(state);
  if (!state) return null;
  return (
    <ShardCard
      state={state}
      number={number}
      onRetry={() => shard.peer.retry()}
      onPause={() => onPause(shard.key)}
      onLeave={() => onLeave(shard.key)}
    />
  );
}
