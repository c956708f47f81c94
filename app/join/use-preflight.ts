// Looks at this device for the card of `preflight-card.tsx`; looks again when what is chosen changes.
import { useCallback, useSyncExternalStore } from 'react';
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import { readRuntimeFiles } from '../../protocol/runtime-files.ts';
import { useRemote } from '../state/use-remote.ts';
import type { BackendChoice } from './join-query.ts';
import type { Looked, PreflightFacts } from './preflight-lines.ts';
import { guessMemory, readDisk, readGpu, readNetwork } from './read-device.ts';
import { readModelSize } from './read-model-size.ts';

export interface Chosen {
  config: SiteConfig;
  /** Undefined until they are known. */
  pools: readonly PoolInfo[] | undefined;
  pool: PoolRef;
  backend: BackendChoice;
  memoryBytes: number | undefined;
}

const NO_URLS: readonly string[] = [];

export function usePreflight({ config, pools, pool, backend, memoryBytes }: Chosen): PreflightFacts {
  const gpu = useFact(readGpu);
  const guessBytes = useFact(useCallback(() => guessMemory(backend), [backend]));
  const disk = useFact(readDisk);
  const stunUrls = config.stunUrls ?? NO_URLS;
  const network = useFact(useCallback((signal: AbortSignal) => readNetwork(stunUrls, signal), [stunUrls]));
  const isOnline = useSyncExternalStore(
    watchOnline,
    () => navigator.onLine,
    () => true,
  );
  const id = poolIdOf(pool);
  // The list of pools is read again and again; once is enough to know a size.
  const known = pools?.some((one) => one.details) ?? false;
  const model = useFact(
    // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the pool, `known` for the list
    useCallback(
      (signal: AbortSignal) => readModelSize({ pool, config, pools, origin: window.location.origin }, signal),
      [id, config, known],
    ),
  );
  const kind = backend === 'wasm' || (typeof gpu === 'object' && gpu.kind === 'none') ? 'wasm' : 'webgpu';
  const files = useFact(readRuntime);
  const runtime = typeof files === 'string' ? files : (files.find((file) => file.backend === kind) ?? 'unknown');
  return {
    isSecure: globalThis.isSecureContext,
    wish: backend,
    ...{ gpu, memoryBytes, guessBytes, model, disk, isOnline, network },
    runtime: gpu === 'looking' && backend !== 'wasm' ? 'looking' : runtime,
    hasStun: stunUrls.length > 0,
  };
}

/** What could not be found out is unknown, and no failure of the page. */
function useFact<Fact>(read: (signal: AbortSignal) => Promise<Fact>): Looked<Fact> {
  const { value, loading } = useRemote(read);
  return value ?? (loading ? 'looking' : 'unknown');
}

const readRuntime = () => readRuntimeFiles(window.location.origin);

function watchOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}
