// What the address of /join asks for. Pure: text in, values within bounds out.
import type { Backend } from '../../protocol/control.ts';
import { MAX_SHARDS_PER_WINDOW } from '../state/lent-shards.ts';
import { type ModelWish, readModelWish } from '../state/resolve-model.ts';
import { joinText } from '../text/english/join.ts';

export type BackendChoice = Backend | 'auto';

export interface JoinQuery {
  wish: ModelWish;
  backend: BackendChoice;
  /** Join without a click. */
  auto: boolean;
  /** Shards that `auto` opens in this window. */
  shards: number;
  /** What the person lends, bytes; undefined leaves it to the device. */
  memoryBytes?: number;
  /** Weights stay as they are stored, for a device that needs the room. */
  keepPacked: boolean;
  problems: string[];
}

const BACKENDS: readonly string[] = ['auto', 'webgpu', 'wasm'];

/** Reads `model, revision, dtype, backend, auto, shards, memoryMb, packed`. */
export function parseJoinQuery(query: URLSearchParams): JoinQuery {
  const { wish, problems } = readModelWish(query);
  const backend = query.get('backend') ?? 'auto';
  if (!BACKENDS.includes(backend)) problems.push(joinText.noSuchBackend);
  const shards = Math.trunc(Number(query.get('shards') ?? 1));
  const memoryMb = Number(query.get('memoryMb') ?? 0);
  return {
    wish,
    backend: BACKENDS.includes(backend) ? (backend as BackendChoice) : 'auto',
    auto: query.get('auto') === '1',
    shards: Number.isFinite(shards) ? Math.min(MAX_SHARDS_PER_WINDOW, Math.max(1, shards)) : 1,
    ...(Number.isFinite(memoryMb) && memoryMb > 0 ? { memoryBytes: Math.round(memoryMb * 1e6) } : {}),
    keepPacked: query.get('packed') === '1',
    problems,
  };
}
