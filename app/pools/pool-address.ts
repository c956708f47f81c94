// Addresses of a pool: its page, its chat, its routes. Pure. A pool's id has characters that a path must escape.
import type { ModelRef } from '../../protocol/ids.ts';

export const poolPage = (id: string): string => `/pools?pool=${encodeURIComponent(id)}`;

export const poolRoute = (id: string, rest = ''): string => `/api/pools/${encodeURIComponent(id)}${rest}`;

export function chatAddress(model: ModelRef): string {
  return `/chat?${new URLSearchParams({ model: model.repo, revision: model.revision, dtype: model.dtype })}`;
}
