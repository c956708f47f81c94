// The network's numbers from what it tells everybody: its pools, and of the one that a newcomer meets first the last answers.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import type { PoolLive } from '../../protocol/http/pool-state.ts';
import { callApi, type Shape } from '../state/call-api.ts';

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

type Pool = Pick<PoolInfo, 'pool' | 'peers' | 'state'>;
type Live = Pick<PoolLive, 'waiting' | 'running'> & {
  recent: readonly { outcome: Pick<PoolLive['recent'][number]['outcome'], 'tokensPerSecond'> }[];
};

// By hand, without the schemas: their program is 20 KB, and the start page has this before anybody presses anything.
type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isPool = (each: unknown): boolean =>
  isFields(each) && typeof each.pool === 'string' && typeof each.state === 'string' && typeof each.peers === 'number';
const isTimed = (each: unknown): boolean =>
  isFields(each) && isFields(each.outcome) && typeof each.outcome.tokensPerSecond === 'number';

const shapeOf = <T>(fits: (fields: Fields) => boolean): Shape<T> => ({
  safeParse: (value) => (isFields(value) && fits(value) ? { success: true, data: value as T } : { success: false }),
});
const poolsShape = shapeOf<{ pools: Pool[] }>(({ pools }) => Array.isArray(pools) && pools.every(isPool));
const liveShape = shapeOf<Live>(
  ({ waiting, running, recent }) =>
    typeof waiting === 'number' && typeof running === 'number' && Array.isArray(recent) && recent.every(isTimed),
);

export async function readNumbers(signal: AbortSignal): Promise<NetworkNumbers> {
  const { pools } = await callApi('/api/pools', poolsShape, { signal });
  const [busiest] = [...pools].sort((a, b) => b.peers - a.peers);
  const live =
    busiest && (await callApi(`/api/pools/${encodeURIComponent(busiest.pool)}/state`, liveShape, { signal }));
  return sumNumbers(pools, live);
}

export const sumNumbers = (
  pools: readonly Pick<PoolInfo, 'peers' | 'state'>[],
  live: Live | undefined,
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
