// One pool: what it is, what it does now, and what its owner may change.

import { lazy, Suspense, useCallback } from 'react';
import { poolRefOf } from '../../protocol/pool-id.ts';
import { formatModel } from '../format/format-model.ts';
import { useGo } from '../route/address.ts';
import { PageLink } from '../route/page-link.tsx';
import { chatAddress, joinAddress } from '../state/page-address.ts';
import { useAccount } from '../state/use-account.ts';
import { useRemote } from '../state/use-remote.ts';
import { poolsText } from '../text/english/pools.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { PoolWhy } from '../ui/pool-why.tsx';
import { ServerAway } from '../ui/server-away.tsx';
import { MarketLine } from './market-line.tsx';
import { MarketMark } from './market-mark.tsx';
import { mayChange } from './may-change.ts';
import { readPoolState } from './pool-api.ts';
import { PoolBadge } from './pool-badge.tsx';
import { PoolEmbed } from './pool-embed.tsx';
import { PoolLive } from './pool-live.tsx';
import { PoolOwner } from './pool-owner.tsx';

/** For market pools alone. */
const OperatorSection = lazy(() =>
  import('../earn/operator-section.tsx').then((room) => ({ default: room.OperatorSection })),
);

const LIVE_EVERY_MS = 2000;

export function PoolPage({ id }: { id: string }) {
  const live = useRemote(
    useCallback((signal: AbortSignal) => readPoolState(id, signal), [id]),
    LIVE_EVERY_MS,
  );
  const { account } = useAccount();
  const go = useGo();
  const text = poolsText.page;
  const pool = live.value;
  const failure = live.away ? (
    <ServerAway away={live.away} onRetry={live.reload}>
      {pool ? text.asItWas : text.comesLater}
    </ServerAway>
  ) : (
    live.error && <ErrorCard error={live.error} onRetry={live.reload} />
  );
  if (failure && !pool) return failure;
  if (!pool) return <LoadingLine>{text.asking}</LoadingLine>;
  return (
    <div className="space-y-5" data-testid="pool-page" data-state={pool.state}>
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-2 break-words font-semibold text-xl">
            <bdi>{formatModel(poolRefOf(pool.pool))}</bdi> <PoolBadge pool={pool} />
            {pool.policy === 'market' && <MarketMark />}
          </h2>
          <p data-words="program" className="break-all font-mono text-muted text-sm">
            {pool.pool}
          </p>
          <div className="mt-1" role="status">
            <PoolWhy pool={pool} />
          </div>
          <MarketLine pool={pool} />
        </div>
        <p className="flex flex-wrap gap-2">
          <PageLink href={chatAddress(poolRefOf(pool.pool))} className="button button-small button-primary">
            {text.ask}
          </PageLink>
          <PageLink href={joinAddress(poolRefOf(pool.pool))} className="button button-small">
            {text.lend}
          </PageLink>
        </p>
      </header>
      {failure}
      <PoolLive live={pool} />
      {pool.policy === 'market' && (
        <Suspense fallback={null}>
          <OperatorSection pool={pool.pool} />
        </Suspense>
      )}
      {mayChange(pool, account) && (
        <>
          <PoolOwner pool={pool} onChange={live.reload} onDeleted={() => go('/pools')} />
          <PoolEmbed pool={pool} onChange={live.reload} />
        </>
      )}
    </div>
  );
}
