// Who would answer now, and what to do when nobody would.
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { describeChat, wantsTabs } from '../format/describe-chat.ts';
import { formatModel } from '../format/format-model.ts';
import { lateLine } from '../format/late-line.ts';
import { joinAddress } from '../state/page-address.ts';
import type { ShownError } from '../state/show-error.ts';
import { CoalitionRing } from '../ui/coalition-ring.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { SeatList } from '../ui/seat-list.tsx';
import { ServerAway } from '../ui/server-away.tsx';

const MEANWHILE = 'An answer that has begun goes on. A question that you send waits until somebody can answer it.';
const ALONE = 'No tabs have joined, but this one holds all of it and would answer.';
const WITHOUT_SERVER = 'This tab holds the whole model and answers alone.';

interface Props {
  state: ChatState | undefined;
  error: ShownError | undefined;
  model: PoolRef | undefined;
  streaming: boolean;
  onReopen(): void;
}

export function ChatStatePanel({ state, error, model, streaming, onReopen }: Props) {
  const phase = error ? 'failed' : (state?.phase ?? 'connecting');
  const coalition = state?.coalition;
  const seats = coalition?.seats ?? [];
  const pool = state && model ? state.pools.find((candidate) => candidate.pool === poolIdOf(model)) : undefined;
  const reason = pool?.reason;
  const hasLocal = state?.local?.phase === 'ready';
  const late = lateLine(state?.late, seats);
  return (
    <section
      className="panel p-4"
      data-testid="chat-state"
      data-phase={phase}
      data-stages={seats.length}
      data-epoch={coalition?.epoch}
    >
      <p className="break-words font-mono text-muted text-sm">{model ? formatModel(model) : 'Model'}</p>
      {state?.away && phase === 'connecting' ? (
        <div className="mt-2">
          <ServerAway away={state.away}>{hasLocal ? WITHOUT_SERVER : MEANWHILE}</ServerAway>
        </div>
      ) : (
        <p role="status" className="mt-1 font-medium">
          {phase === 'no-stages' && hasLocal ? ALONE : describeChat(phase, seats, pool)}
        </p>
      )}
      {late && <p className="text-muted text-sm">{late}</p>}
      {phase === 'forming' && seats.length > 0 && reason && <p className="text-muted text-sm">{reason}</p>}
      {error && (
        <div className="mt-3">
          <ErrorCard error={error} onRetry={onReopen} />
        </div>
      )}
      {/* A pool that waits has said why already. */}
      {wantsTabs(phase, pool) && model && (
        <LendButtons model={model} reason={phase === 'no-stages' ? reason : undefined} />
      )}
      {coalition && seats.length > 0 && (
        <div className="mt-2 gap-4 sm:flex lg:block">
          {/* On a phone the picture would push the conversation out of sight, so there it opens with the list. */}
          <CoalitionRing
            coalition={coalition}
            asker="you"
            active={streaming}
            className="mx-auto hidden w-full max-w-64 shrink-0 self-start sm:block lg:max-w-72"
          />
          <details className="min-w-0 flex-1 text-sm" open={phase === 'forming' ? true : undefined}>
            <summary className="py-1.5 text-muted">Its tabs</summary>
            <CoalitionRing
              coalition={coalition}
              asker="you"
              active={streaming}
              className="mx-auto max-w-64 sm:hidden"
            />
            <SeatList coalition={coalition} />
          </details>
        </div>
      )}
    </section>
  );
}

function LendButtons({ model, reason }: { model: PoolRef; reason: string | undefined }) {
  return (
    <div className="mt-2">
      {reason && <p className="text-muted text-sm">{reason}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        <a
          href={joinAddress(model, { auto: true })}
          target="_blank"
          rel="noopener"
          className="button button-primary grow"
        >
          Lend a tab too
        </a>
        <a href={joinAddress(model)} target="_blank" rel="noopener" className="button grow">
          Open a tab that lends a GPU
        </a>
      </div>
      <p className="mt-2 text-muted text-sm">
        Both open a new tab, here or on any other device. Your question can wait meanwhile.
      </p>
    </div>
  );
}
