// The first steps of a slice that was loaded a moment ago.
import { type LayerExecutor, runMs } from '../engine/layer-executor.ts';

const WARM_STEPS = 5;

/**
 * Some steps through the loaded slice: compiles its kernels now and not under the first question. Gives the quickest
 * step's milliseconds per layer; what disturbs a step only ever adds.
 */
export async function warmUp(executor: LayerExecutor): Promise<number> {
  const cache = executor.openCache();
  const elementBytes = executor.activation === 'float16' ? 2 : 4;
  const input = {
    ...(executor.entry ? { ids: Int32Array.of(0) } : { hidden: new Uint8Array(executor.hiddenSize * elementBytes) }),
    tokens: 1,
    rows: 'last' as const,
    inverseTemperature: 1,
  };
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let step = 0; step < WARM_STEPS; step++) {
    quickestMs = Math.min(quickestMs, runMs(await executor.run(cache, input)));
  }
  cache.dispose();
  return quickestMs / (executor.end - executor.start);
}
