// Addresses of a pool: its page, its chat, its routes. Pure. A pool's id has characters that a path must escape.
import type { PoolRef } from '../../protocol/ids.ts';
import { poolQuery } from '../state/pool-query.ts';

export const poolPage = (id: string): string => `/pools?pool=${encodeURIComponent(id)}`;

export const poolRoute = (id: string, rest = ''): string => `/api/pools/${encodeURIComponent(id)}${rest}`;

export const chatAddress = (pool: PoolRef): string => `/chat?${poolQuery(pool)}`;
