// Runs in a browser's worker: the script of the batching suite over a fixture on WebGPU, alone and together.
import { compareRecords, runScript } from '../../shard-worker/engine/batch-compliance.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { type FixtureFiles, loadFixture } from './load-fixture.ts';

export interface BatchCase extends FixtureFiles {
  cuts: number[];
  /** What caches may take; as much as they like if absent. */
  kvBytes?: number;
}

export interface BatchResult {
  largestDifference: number;
  isSame: boolean;
  /** Sessions in the largest run. */
  largestBatch: number;
}

async function runCase({ cuts, kvBytes, ...files }: BatchCase): Promise<BatchResult> {
  const { decoder, executor } = await loadFixture(await loadOrtRuntime('webgpu', '/ort/'), files);
  const bounds = [0, ...cuts, decoder.layers];
  const chain = await Promise.all(bounds.slice(1).map((end, index) => executor(bounds[index]!, end, kvBytes)));
  const alone = await runScript(chain, false);
  const together = await runScript(chain, true);
  return { ...compareRecords(alone.records, together.records), largestBatch: together.largestBatch };
}

self.addEventListener('message', (event: MessageEvent<BatchCase>) => {
  runCase(event.data).then(
    (result) => self.postMessage({ result }),
    (error) => self.postMessage({ error: `${error?.code ?? ''} ${error?.message ?? error} ${error?.stack ?? ''}` }),
  );
});
