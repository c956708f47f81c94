// The pool routes as functions. Reading is for everybody; changing throws `not-logged-in` or `forbidden` where it must.
import { anySchema } from '../state/account-schemas.ts';
import { callApi } from '../state/call-api.ts';
import { poolRoute } from './pool-address.ts';
import type { NewPool } from './pool-form.ts';
import { type PoolInfo, type PoolLive, poolSchema, poolStateSchema, poolsSchema } from './pool-schemas.ts';

export const readPools = async (signal?: AbortSignal): Promise<PoolInfo[]> =>
  (await callApi('/api/pools', poolsSchema, { signal })).pools;

export const readPoolState = (id: string, signal?: AbortSignal): Promise<PoolLive> =>
  callApi(poolRoute(id, '/state'), poolStateSchema, { signal });

/** The server reads the model's graph first, so this may take seconds. */
export const createPool = ({ model, ...rest }: NewPool): Promise<PoolInfo> =>
  callApi('/api/pools', poolSchema, { method: 'POST', body: { ...model, ...rest } });

export async function changePool(id: string, patch: { stages?: number | null; recruit?: boolean }): Promise<void> {
  await callApi(poolRoute(id), anySchema, { method: 'PATCH', body: patch });
}

export async function loadPool(id: string, loaded: boolean): Promise<void> {
  await callApi(poolRoute(id, loaded ? '/load' : '/unload'), anySchema, { method: 'POST' });
}

export async function deletePool(id: string): Promise<void> {
  await callApi(poolRoute(id), anySchema, { method: 'DELETE' });
}

export async function addPoolPeer(id: string, peer: string): Promise<void> {
  await callApi(poolRoute(id, '/peers'), anySchema, { method: 'POST', body: { peer } });
}

export async function removePoolPeer(id: string, peer: string): Promise<void> {
  await callApi(poolRoute(id, `/peers/${encodeURIComponent(peer)}`), anySchema, { method: 'DELETE' });
}
