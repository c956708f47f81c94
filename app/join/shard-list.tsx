// The shards of this window, each with its live state.
import { type Shard, windowShards } from '../state/lent-shards.ts';
import { useStore } from '../state/use-store.ts';
import { joinText } from '../text/english/join.ts';
import { lendText } from '../text/english/lend.ts';
import { ShardCard } from './shard-card.tsx';
import { useWorkSeen } from './window-earned.ts';

export function ShardList({ shards }: { shards: readonly Shard[] }) {
  return (
    <ul className="space-y-5">
      {shards.map((shard, index) => (
        <li key={shard.key}>
          {shard.isPaused ? (
            <PausedShard shard={shard} number={index + 1} />
          ) : (
            <LiveShard shard={shard} number={index + 1} />
          )}
        </li>
      ))}
    </ul>
  );
}

interface ShardProps {
  shard: Shard;
  number: number;
}

function PausedShard({ shard, number }: ShardProps) {
  return (
    <article className="panel p-4 sm:p-6" data-testid="paused-shard">
      <h2 className="font-semibold text-lg">{joinText.card.rests(number)}</h2>
      <p className="mt-1 text-muted">{joinText.card.restsHint}</p>
      {shard.isByRule && <p className="mt-2">{lendText.restsByRule}</p>}
      <div className="mt-4 flex flex-wrap gap-2">
        {!shard.isByRule && (
          <button type="button" className="button button-primary" onClick={() => windowShards.resume(shard.key)}>
            {joinText.card.again}
            <span className="sr-only">{joinText.card.againWith(number)}</span>
          </button>
        )}
        <button type="button" className="button" onClick={() => windowShards.leave(shard.key)}>
          {joinText.card.remove}
          <span className="sr-only">{joinText.card.which(number)}</span>
        </button>
      </div>
    </article>
  );
}

function LiveShard({ shard, number }: ShardProps) {
  const state = useStore(shard.peer.state);
  useWorkSeen(state);
  if (!state) return null;
  return (
    <ShardCard
      state={state}
      number={number}
      ending={shard.ending}
      onRetry={() => shard.peer.retry()}
      onPause={() => windowShards.pause(shard.key)}
      onLeave={() => windowShards.leave(shard.key)}
      onLeaveNow={() => windowShards.leaveNow(shard.key)}
    />
  );
}
