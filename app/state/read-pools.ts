// The list of pools, for the pages that need it.
import { type PoolInfo, poolsSchema } from '../../protocol/http/pool.ts';
import { callApi } from './call-api.ts';

export const readPools = async (signal?: AbortSignal): Promise<PoolInfo[]> =>
  (await callApi('/api/pools', poolsSchema, { signal })).pools;
