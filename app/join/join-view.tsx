// What /join does: read the address, offer the form, then show a card per shard of this window.

import { useEffect, useMemo, useRef } from 'react';
import { useSearchParams } from '../route/address.ts';
import { useShards } from '../state/lent-shards.ts';
import { mayLend } from '../state/may-lend.ts';
import { readPools } from '../state/read-pools.ts';
import { resolveModel } from '../state/resolve-model.ts';
import { useRemote } from '../state/use-remote.ts';
import { useShardPeers } from '../state/use-shard-peers.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { joinText } from '../text/english/join.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import { Earnings } from './earnings.tsx';
import { JoinForm } from './join-form.tsx';
import { parseJoinQuery } from './join-query.ts';
import { keptAddress } from './kept-address.ts';
import { LendSettings } from './lend-settings.tsx';
import { isMarket } from './payout-address.ts';
import { ShardList } from './shard-list.tsx';

/** Which pools there are, while somebody may choose one. */
const POOLS_EVERY_MS = 15_000;

export function JoinView() {
  const address = useSearchParams();
  const query = useMemo(() => parseJoinQuery(new URLSearchParams(address.toString())), [address]);
  const site = useSiteConfig();
  const { shards, error, options, full, add } = useShards();
  const peers = useShardPeers(shards);
  const pools = useRemote(shards.length === 0 ? readPools : undefined, POOLS_EVERY_MS);
  const joined = useRef(false);

  useEffect(() => mayLend.set(true), []);

  useEffect(() => {
    if (joined.current || shards.length > 0 || !query.auto || !site.config) return;
    const kept = keptAddress();
    // Only a market is told the address: what sort of pool it is must be known first.
    if (kept && pools.loading) return;
    joined.current = true;
    const pool = resolveModel(query.wish, site.config.model, site.models);
    const { backend, memoryBytes, keepPacked } = query;
    const payoutAddress = isMarket(pools.value, pool) ? kept : undefined;
    void add({ pool, backend, memoryBytes, keepPacked, payoutAddress }, query.shards);
  }, [query, site.config, site.models, pools.loading, pools.value, shards.length, add]);

  if (site.error) return <ErrorCard error={site.error} onRetry={site.retry} />;
  if (!site.config) return <p className="text-muted">{joinText.askingServer}</p>;
  const wished = resolveModel(query.wish, site.config.model, site.models);
  const inUsdc = shards.length === 0 ? isMarket(pools.value, wished) : options?.payoutAddress !== undefined;
  return (
    <div className="space-y-5">
      <ProblemList problems={query.problems} />
      <Earnings peers={peers} inCredits={!inUsdc} />
      {error && <ErrorCard error={error} {...(options ? { onRetry: () => add(options) } : {})} />}
      {shards.length === 0 ? (
        <JoinForm config={site.config} models={site.models} pools={pools.value} query={query} onJoin={add} />
      ) : (
        <ShardList shards={shards} />
      )}
      {shards.length > 0 && options && (
        <p className="flex flex-wrap items-center gap-3">
          <button type="button" className="button" data-testid="add-shard" disabled={full} onClick={() => add(options)}>
            {joinText.addAnother}
          </button>
          <span className="text-muted text-sm">{full ? joinText.addFull : joinText.addHint}</span>
        </p>
      )}
      <LendSettings />
    </div>
  );
}
