// Who would answer now, and what to do when nobody would.
import type { PoolSummary } from '../../protocol/control.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatState } from '../../shard-worker/index.ts';
import { describeChat, wantsTabs } from '../format/describe-chat.ts';
import { formatModel } from '../format/format-model.ts';
import { lateLine } from '../format/late-line.ts';
import { joinAddress } from '../state/page-address.ts';
import type { ShownError } from '../state/show-error.ts';
import { chatText } from '../text/english/chat.ts';
import { formatText } from '../text/english/format.ts';
import { CoalitionRing } from '../ui/coalition-ring.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { PoolWhy } from '../ui/pool-why.tsx';
import { SeatList } from '../ui/seat-list.tsx';
import { ServerAway } from '../ui/server-away.tsx';

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
  const hasLocal = state?.local?.phase === 'ready';
  const isHopeless = error?.code === 'model-not-found' || error?.code === 'model-unsupported';
  const late = lateLine(state?.late, seats);
  const words = chatText.state;
  // An older server says only in English why a pool waits: in this place, or below what the person's language has for it.
  const isWaiting = phase === 'forming' && seats.length === 0 && pool?.state === 'waiting';
  const isServersWord = isWaiting && !pool.why && formatText.chat.waits === '';
  const isToldAbove = isServersWord || (isWaiting && pool.why !== undefined);
  return (
    <section
      className="panel p-4"
      data-testid="chat-state"
      data-phase={phase}
      data-stages={seats.length}
      data-epoch={coalition?.epoch}
    >
      <p className="break-words font-mono text-muted text-sm">
        {model ? <bdi>{formatModel(model)}</bdi> : words.noModel}
      </p>
      {state?.away && phase === 'connecting' ? (
        <div className="mt-2">
          <ServerAway away={state.away}>{hasLocal ? words.withoutServer : words.meanwhile}</ServerAway>
        </div>
      ) : (
        <p role="status" className="mt-1 font-medium" lang={isServersWord ? 'en' : undefined}>
          {isHopeless
            ? words.hopeless
            : phase === 'no-stages' && hasLocal
              ? words.alone
              : describeChat(phase, seats, pool)}
        </p>
      )}
      {late && <p className="text-muted text-sm">{late}</p>}
      {phase === 'forming' && (seats.length > 0 || isWaiting) && pool && !isToldAbove && (
        <PoolWhy pool={pool} className="text-muted text-sm" />
      )}
      {error && (
        <div className="mt-3">
          <ErrorCard error={error} onRetry={onReopen} />
        </div>
      )}
      {/* A pool that waits has said why already. */}
      {wantsTabs(phase, pool) && model && <LendButtons model={model} pool={phase === 'no-stages' ? pool : undefined} />}
      {coalition && seats.length > 0 && (
        <div className="mt-2 gap-4 sm:flex lg:block">
          {/* On a phone the picture would push the conversation out of sight, so there it opens with the list. */}
          <CoalitionRing
            coalition={coalition}
            asker={words.asker}
            active={streaming}
            className="mx-auto hidden w-full max-w-64 shrink-0 self-start sm:block lg:max-w-72"
          />
          <details className="min-w-0 flex-1 text-sm" open={phase === 'forming' ? true : undefined}>
            <summary className="py-1.5 text-muted">{words.itsTabs}</summary>
            <CoalitionRing
              coalition={coalition}
              asker={words.asker}
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

function LendButtons({ model, pool }: { model: PoolRef; pool: PoolSummary | undefined }) {
  return (
    <div className="mt-2">
      {pool && <PoolWhy pool={pool} className="text-muted text-sm" />}
      <div className="mt-3 flex flex-wrap gap-2">
        <a
          href={joinAddress(model, { auto: true })}
          target="_blank"
          rel="noopener"
          className="button button-primary grow"
        >
          {chatText.state.lend}
        </a>
        <a href={joinAddress(model)} target="_blank" rel="noopener" className="button grow">
          {chatText.state.openLending}
        </a>
      </div>
      <p className="mt-2 text-muted text-sm">{chatText.state.bothOpen}</p>
    </div>
  );
}
