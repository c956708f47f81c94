// All pools, what answers first: a small ring, the model, who is there, why it is so.

import type { PoolInfo } from '../../protocol/http/pool.ts';
import { poolRefOf } from '../../protocol/pool-id.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatMarketPrice } from '../format/format-dollars.ts';
import { formatModel } from '../format/format-model.ts';
import { allBytes } from '../format/layer-bytes.ts';
import { sortPools } from '../format/pool-status.ts';
import { PageLink } from '../route/page-link.tsx';
import { poolsText } from '../text/english/pools.ts';
import { PoolWhy } from '../ui/pool-why.tsx';
import { MarketMark } from './market-mark.tsx';
import { poolPage } from './pool-address.ts';
import { PoolBadge } from './pool-badge.tsx';
import { PoolGlyph } from './pool-glyph.tsx';

interface Props {
  pools: readonly PoolInfo[];
  /** Whose pools are marked as own. */
  account: string | undefined;
}

export function PoolList({ pools, account }: Props) {
  if (pools.length === 0) return <p className="text-muted">{poolsText.list.none}</p>;
  return (
    <ul className="grid gap-3 md:grid-cols-2" data-testid="pool-list">
      {sortPools(pools).map((pool) => (
        <PoolItem key={pool.pool} pool={pool} own={account !== undefined && pool.createdBy === account} />
      ))}
    </ul>
  );
}

function PoolItem({ pool, own }: { pool: PoolInfo; own: boolean }) {
  const text = poolsText.list;
  const facts = [
    text.tabs(pool.peers),
    pool.stages ? text.splitIn(pool.stages) : text.splitFreely,
    ...(pool.details ? [text.parts(pool.details.layers), formatBytes(allBytes(pool.details))] : []),
    ...(pool.recruit ? [] : [text.listedOnly]),
    ...(pool.market && pool.price ? [formatMarketPrice(pool.price)] : []),
  ];
  return (
    <li className="panel relative flex gap-3 p-4 hover:border-accent" data-testid="pool-item" data-state={pool.state}>
      <PoolGlyph stages={pool.stages || pool.peers} ready={pool.state === 'ready'} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <PageLink
            href={poolPage(pool.pool)}
            className="min-w-0 break-words font-semibold after:absolute after:inset-0 after:rounded-md hover:text-accent"
          >
            <bdi>{formatModel(poolRefOf(pool.pool))}</bdi>
          </PageLink>
          <PoolBadge pool={pool} />
          {pool.policy === 'market' && <MarketMark />}
          {own && <span className="rounded-sm bg-accent-soft px-1.5 text-xs leading-5">{text.yours}</span>}
        </p>
        <PoolWhy pool={pool} className="text-muted text-sm" />
        <p className="mt-1 font-mono text-muted text-xs">{facts.join(' · ')}</p>
      </div>
    </li>
  );
}
