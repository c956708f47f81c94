// What to lend this tab for: the model, where a market pool is to pay, and behind "More choices" the backend and the memory.
import { type FormEvent, useState } from 'react';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import type { PoolRef } from '../../protocol/ids.ts';
import { isRepo, isRevision } from '../../protocol/pool-id.ts';
import { MAX_SHARDS_PER_WINDOW, type ShardOptions } from '../state/lent-shards.ts';
import { resolveModel } from '../state/resolve-model.ts';
import type { SiteModel } from '../state/site-models.ts';
import { joinText } from '../text/english/join.ts';
import { ModelField } from '../ui/model-field.tsx';
import { BackendField } from './backend-field.tsx';
import type { BackendChoice, JoinQuery } from './join-query.ts';
import { keepAddress, keptAddress } from './kept-address.ts';
import { MemoryField } from './memory-field.tsx';
import { isMarket, readAddress } from './payout-address.ts';
import { PayoutField } from './payout-field.tsx';
import { PreflightCard } from './preflight-card.tsx';

interface Props {
  config: SiteConfig;
  models: readonly SiteModel[];
  /** Undefined until they are known. */
  pools: readonly PoolInfo[] | undefined;
  query: JoinQuery;
  onJoin(options: ShardOptions, shards: number): void;
}

export function JoinForm({ config, models, pools, query, onJoin }: Props) {
  const [model, setModel] = useState<PoolRef>(() => resolveModel(query.wish, config.model, models));
  const [backend, setBackend] = useState<BackendChoice>(query.backend);
  const [memoryBytes, setMemoryBytes] = useState<number | undefined>(query.memoryBytes);
  const [payout, setPayout] = useState<string>(() => keptAddress() ?? '');
  const [tried, setTried] = useState(false);
  const complete = isRepo(model.repo) && isRevision(model.revision);
  const market = isMarket(pools, model);
  const address = readAddress(payout);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!complete || (market && !address.value)) return;
    if (market && address.value) keepAddress(address.value);
    const payoutAddress = market ? address.value : undefined;
    onJoin(
      { pool: model, backend, memoryBytes, keepPacked: query.keepPacked, payoutAddress },
      Math.min(query.shards, MAX_SHARDS_PER_WINDOW),
    );
  };
  return (
    <form onSubmit={submit} className="panel max-w-3xl space-y-5 p-4 sm:p-6">
      <ModelField config={config} models={models} value={model} onChange={setModel} />
      {market && <PayoutField value={payout} onText={setPayout} problem={tried ? address.problem : undefined} />}
      <details className="border-line border-t pt-4" open={query.backend !== 'auto' || query.memoryBytes !== undefined}>
        <summary className="font-medium">{joinText.form.more}</summary>
        <div className="mt-4 space-y-5">
          <BackendField value={backend} onChange={setBackend} />
          <MemoryField value={memoryBytes} onChange={setMemoryBytes} />
        </div>
      </details>
      <PreflightCard config={config} pools={pools} pool={model} backend={backend} memoryBytes={memoryBytes} />
      <button
        type="submit"
        data-testid="join-button"
        disabled={!complete}
        className="button button-primary min-h-12 w-full px-8 text-lg sm:w-auto"
      >
        {joinText.form.submit}
      </button>
    </form>
  );
}
