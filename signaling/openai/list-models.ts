// The models that programs may ask for: pools that somebody made and those that tabs have opened by offering a model.

import type { PoolId } from '../../protocol/ids.ts';
import type { ModelEntry } from '../http/api-types.ts';
import type { PoolDirectory } from '../pools/pool-types.ts';
import { readyOf } from '../roster/coalitions.ts';
import type { LiveRoster } from '../roster/live-roster.ts';

export interface ModelSources {
  /** What was decided of pools. */
  pools: Pick<PoolDirectory, 'list'>;
  /** The one that a bare name means. */
  configured: PoolId;
  /** Who is in them. */
  roster: Pick<LiveRoster, 'pools' | 'pool'>;
}

/** Pools that answer now come first. */
export function listModels({ pools, roster, configured }: ModelSources): ModelEntry[] {
  const kept = pools.list().filter(({ loaded }) => loaded);
  const isKept = new Set<string>(pools.list().map(({ id }) => id));
  const open = roster.pools().filter(({ pool }) => !isKept.has(pool));
  const entries = [
    ...kept.map(({ id, model, manifest, maxContext, createdAt, policy }) => ({
      ...{ id, model, manifest, maxContext, createdAt },
      isMarket: policy === 'market',
    })),
    ...open.map(({ pool, model }) => ({
      id: pool,
      model,
      manifest: undefined,
      maxContext: undefined,
      createdAt: START,
      isMarket: false,
    })),
  ];
  return entries
    .map(({ id, model, manifest, maxContext, createdAt, isMarket }) => {
      const live = roster.pool(id);
      const known = manifest ?? live?.manifest;
      const entry: ModelEntry = {
        pool: id,
        isConfigured: id === configured,
        ...(isMarket ? { isMarket } : {}),
        model,
        createdAt,
        contextTokens: manifest ? maxContext : known?.maxContext,
        version: known?.graphSha256,
      };
      return { entry, isServing: live !== undefined && readyOf(live).length > 0 };
    })
    .sort((a, b) => Number(b.isServing) - Number(a.isServing))
    .map(({ entry }) => entry);
}

/** A pool that tabs opened has no date of its own. */
const START = new Date(Date.UTC(2026, 0, 1));
