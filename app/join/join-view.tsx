// What /join does: read the address, offer the form, then show a card per shard of this window.
'use client';
import { useSearchParams } from 'next/navigation';
import { useEffect, useMemo, useRef } from 'react';
import { resolveModel } from '../state/resolve-model.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import { Earnings } from './earnings.tsx';
import { JoinForm } from './join-form.tsx';
import { parseJoinQuery } from './join-query.ts';
import { ShardList } from './shard-list.tsx';
import { useShardPeers } from './use-shard-peers.ts';
import { useShards } from './use-shards.ts';

export function JoinView() {
  const address = useSearchParams();
  const query = useMemo(() => parseJoinQuery(new URLSearchParams(address.toString())), [address]);
  const site = useSiteConfig();
  const { shards, error, options, full, add, leave } = useShards();
  const peers = useShardPeers(shards);
  const joined = useRef(false);

  useEffect(() => {
    if (joined.current || !query.auto || !site.config) return;
    joined.current = true;
    const pool = resolveModel(query.wish, site.config.model, site.models);
    const { backend, memoryBytes, keepPacked } = query;
    add({ pool, backend, memoryBytes, keepPacked }, query.shards);
  }, [query, site.config, site.models, add]);

  if (site.error) return <ErrorCard error={site.error} onRetry={site.retry} />;
  if (!site.config) return <p className="text-muted">Asking the server what it serves.</p>;
  return (
    <div className="space-y-5">
      <ProblemList problems={query.problems} />
      <Earnings peers={peers} />
      {error && <ErrorCard error={error} {...(options ? { onRetry: () => add(options) } : {})} />}
      {shards.length === 0 ? (
        <JoinForm config={site.config} models={site.models} query={query} onJoin={add} />
      ) : (
        <ShardList shards={shards} onLeave={leave} />
      )}
      {shards.length > 0 && options && (
        <p className="flex flex-wrap items-center gap-3">
          <button type="button" className="button" data-testid="add-shard" disabled={full} onClick={() => add(options)}>
            Add another shard in this window
          </button>
          <span className="text-muted text-sm">
            {full ? 'This window holds as many as it may.' : 'It takes its own share of memory and joins on its own.'}
          </span>
        </p>
      )}
    </div>
  );
}
