// One shard of this window: how far it has come, what it holds, what it does. A picture of StageState, nothing more.
import type { PoolPolicyName } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import { poolRefOf } from '../../protocol/pool-id.ts';
import type { StageState } from '../../shard-worker/index.ts';
import { formatCredits } from '../format/format-credits.ts';
import { formatMarketPrice } from '../format/format-dollars.ts';
import { formatModel } from '../format/format-model.ts';
import { lateLine } from '../format/late-line.ts';
import { PHASE_SENTENCES } from '../format/phase-steps.ts';
import type { Shard } from '../state/lent-shards.ts';
import type { ShownError } from '../state/show-error.ts';
import { joinText } from '../text/english/join.ts';
import { lendText } from '../text/english/lend.ts';
import { fill } from '../text/fill.ts';
import { CoalitionRing } from '../ui/coalition-ring.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { PoolWhy } from '../ui/pool-why.tsx';
import { ProgramWords } from '../ui/program-words.tsx';
import { RuntimeLoading } from '../ui/runtime-loading.tsx';
import { SeatList } from '../ui/seat-list.tsx';
import { ServerAway } from '../ui/server-away.tsx';
import { Invite } from './invite.tsx';
import { LeavingLine } from './leaving-line.tsx';
import { PhaseSteps } from './phase-steps.tsx';
import { ShardDevice } from './shard-device.tsx';
import { ShardReserve } from './shard-reserve.tsx';
import { ShardServed } from './shard-served.tsx';
import { ShardSlice } from './shard-slice.tsx';
import { StageWords } from './stage-words.tsx';

const TOKENS = 1000;

/** Whoever lends is told what others decide of their pay, also when that changes. */
const priceLine = ({ policy, price }: { policy?: PoolPolicyName | undefined; price: Price }): string =>
  policy === 'market' ? joinText.card.priceMarket(formatMarketPrice(price)) : creditsLine(price);

const creditsLine = ({ promptMicros, completionMicros }: Price): string =>
  joinText.card.priceCredits(TOKENS, formatCredits(TOKENS * completionMicros), formatCredits(TOKENS * promptMicros));

interface Props {
  state: StageState;
  /** 1 for the first of this window. */
  number: number;
  /** What becomes of it when the answers that run through it have ended. */
  ending?: Shard['ending'];
  onRetry(): void;
  onPause(): void;
  onLeave(): void;
  onLeaveNow(): void;
}

export function ShardCard({ state, number, ending = 'leave', onRetry, onPause, onLeave, onLeaveNow }: Props) {
  const { phase, slice, coalition, error } = state;
  const own = state.peer ? [state.peer] : [];
  const over = phase === 'left';
  const away = over || phase === 'failed' ? undefined : state.away;
  const late = lateLine(state.late, coalition?.seats ?? []);
  return (
    <article
      className="panel p-4 sm:p-6"
      data-testid="shard-card"
      data-phase={phase}
      data-peer={state.peer}
      data-start={slice?.start}
      data-end={slice?.end}
      data-network-bytes={slice?.networkBytes}
      data-cached-bytes={slice?.cachedBytes}
      data-total-bytes={slice?.totalBytes}
      data-backend={state.backend}
      data-tokens={state.served.tokens}
    >
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="break-words font-semibold text-lg">
            {joinText.card.name(number)}{' '}
            <span className="font-normal text-muted">
              {fill(joinText.card.ofModel, { model: <bdi>{formatModel(poolRefOf(state.pool))}</bdi> })}
            </span>
          </h2>
          {!away && !state.leaving && <p role="status">{PHASE_SENTENCES[phase]}</p>}
        </div>
        <div className="flex gap-2">
          {!over && !state.leaving && (
            <button type="button" className="button button-small" onClick={onPause}>
              {joinText.card.pause}
              <span className="sr-only">{joinText.card.which(number)}</span>
            </button>
          )}
          {(over || !state.leaving) && (
            <button type="button" className="button button-small" onClick={onLeave}>
              {over ? joinText.card.remove : joinText.card.leave}
              <span className="sr-only">{joinText.card.which(number)}</span>
            </button>
          )}
        </div>
      </header>
      {!over && state.leaving && (
        <LeavingLine
          untilMs={state.leaving.untilMs}
          sessions={state.served.sessions}
          ending={ending}
          number={number}
          onNow={onLeaveNow}
        />
      )}
      {away && (
        <div className="mt-3">
          <ServerAway away={away}>{joinText.card.away}</ServerAway>
        </div>
      )}
      {!over && !away && <PhaseSteps state={state} />}
      {!over && phase !== 'failed' && state.runtime && <RuntimeLoading runtime={state.runtime} />}
      {state.phase === 'waiting' && state.waitsFor && (
        <PoolWhy pool={{ reason: state.waitsFor, why: state.waitsWhy }} className="mt-4 text-muted text-sm" />
      )}
      <StageWords state={state} />
      {late && <p className="mt-4 text-muted text-sm">{late}</p>}
      {state.price && (
        <p className="mt-4 text-muted text-sm">{priceLine({ policy: state.policy, price: state.price })}</p>
      )}
      {state.payoutAddress && (
        <p className="mt-4 text-muted text-sm">
          {fill(joinText.card.paidTo, {
            address: (
              <span data-words="program" className="break-all font-mono">
                {state.payoutAddress}
              </span>
            ),
          })}
        </p>
      )}
      {state.note && (
        <ProgramWords
          said={state.note}
          told={state.noteCode && lendText.deviceNotes[state.noteCode]}
          className="mt-4 rounded-md border border-control bg-warn-soft px-4 py-2 text-sm"
        />
      )}
      {error && (
        <div className="mt-4">
          <ErrorCard error={explainRefusal(error)} {...(phase === 'failed' ? { onRetry } : {})} />
        </div>
      )}
      <div className="mt-5 grid gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-6">
          <ShardDevice state={state} />
          {slice && <ShardSlice state={state} slice={slice} />}
          {phase === 'waiting' && state.reserve && <ShardReserve reserve={state.reserve} />}
          {phase === 'serving' && <ShardServed served={state.served} />}
        </div>
        {coalition && (
          <div>
            <h3 className="label">{joinText.card.together}</h3>
            <CoalitionRing
              coalition={coalition}
              own={own}
              active={phase === 'serving' && (state.served.tokensPerSecond.at(-1) ?? 0) > 0}
              className="mx-auto mt-2 w-full max-w-sm"
            />
            <SeatList coalition={coalition} own={own} />
          </div>
        )}
      </div>
      {(phase === 'waiting' || phase === 'serving') && <Invite pool={state.pool} />}
    </article>
  );
}

/** The table's step for this code speaks of accounts; a tab that a pool does not take can do something else. */
const explainRefusal = (error: ShownError): ShownError =>
  error.code === 'forbidden' ? { ...error, next: joinText.card.refused } : error;
