// The network's numbers from what it tells everybody: its pools, and of the one that a newcomer meets first the last answers.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { type PoolLive, poolStateSchema } from '../../protocol/http/pool-state.ts';
import { callApi } from '../state/call-api.ts';
import { readPools } from '../state/read-pools.ts';

export interface NetworkNumbers {
  /** In all pools: a window may have several. */
  tabs: number;
  pools: number;
  readyPools: number;
  /** In the pool with the most tabs; those that wait included. */
  underWay: number;
  /** Median of that pool's last answers; undefined while there is none. */
  tokensPerSecond: number | undefined;
}

export async function readNumbers(signal: AbortSignal): Promise<NetworkNumbers> {
  const pools = await readPools(signal);
  const [busiest] = [...pools].sort((a, b) => b.peers - a.peers);
  const live =
    busiest && (await callApi(`/api/pools/${encodeURIComponent(busiest.pool)}/state`, poolStateSchema, { signal }));
  return sumNumbers(pools, live);
}

export const sumNumbers = (
  pools: readonly Pick<PoolInfo, 'peers' | 'state'>[],
  live: Pick<PoolLive, 'waiting' | 'running' | 'recent'> | undefined,
): NetworkNumbers => ({
  tabs: pools.reduce((sum, { peers }) => sum + peers, 0),
  pools: pools.length,
  readyPools: pools.filter(({ state }) => state === 'ready').length,
  underWay: live ? live.waiting + live.running : 0,
  tokensPerSecond: medianOf(live?.recent.map(({ outcome }) => outcome.tokensPerSecond) ?? []),
});

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? undefined : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
