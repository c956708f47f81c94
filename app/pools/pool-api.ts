// The pool routes as functions. Reading is for everybody; changing throws `not-logged-in` or `forbidden` where it must.
import { type PoolInfo, poolSchema } from '../../protocol/http/pool.ts';
import type { NewPool, PoolPatch, PoolPeer } from '../../protocol/http/pool-change.ts';
import { type PoolLive, poolStateSchema } from '../../protocol/http/pool-state.ts';
import { nothing } from '../../protocol/http/shape.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { callApi } from '../state/call-api.ts';
import { poolRoute } from './pool-address.ts';

export const readPoolState = (id: string, signal?: AbortSignal): Promise<PoolLive> =>
  callApi(poolRoute(id, '/state'), poolStateSchema, { signal });

/** The server reads the model's graph first, so this may take seconds. */
export const createPool = (body: NewPool): Promise<PoolInfo> =>
  callApi('/api/pools', poolSchema, { method: 'POST', body });

export async function changePool(id: string, body: PoolPatch): Promise<void> {
  await callApi(poolRoute(id), poolSchema, { method: 'PATCH', body });
}

export async function loadPool(id: string, loaded: boolean): Promise<void> {
  await callApi(poolRoute(id, loaded ? '/load' : '/unload'), poolSchema, { method: 'POST' });
}

export async function deletePool(id: string): Promise<void> {
  await callApi(poolRoute(id), nothing, { method: 'DELETE' });
}

export async function addPoolPeer(id: string, peer: PeerId): Promise<void> {
  await callApi(poolRoute(id, '/peers'), poolSchema, { method: 'POST', body: { peer } satisfies PoolPeer });
}

export async function removePoolPeer(id: string, peer: PeerId): Promise<void> {
  await callApi(poolRoute(id, `/peers/${peer}`), poolSchema, { method: 'DELETE' });
}
