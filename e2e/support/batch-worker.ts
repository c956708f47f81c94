// Runs in a browser's worker: the script of the batching suite over a fixture on WebGPU, alone and together, and on WASM.
import type { Backend } from '../../protocol/control.ts';
import { compareRecords, runScript } from '../../shard-worker/engine/batch-compliance.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { type FixtureFiles, loadFixture } from './load-fixture.ts';

export interface BatchCase extends FixtureFiles {
  cuts: number[];
  /** What caches may take; as much as they like if absent. */
  kvBytes?: number;
}

export interface BatchResult {
  /** How far what sessions get together is from what they get alone. */
  largestDifference: number;
  /** How far what they get alone is from what WASM gives. */
  fromWasm: number;
  isSame: boolean;
  /** Sessions in the largest run. */
  largestBatch: number;
}

async function runCase({ cuts, kvBytes, ...files }: BatchCase): Promise<BatchResult> {
  const open = async (backend: Backend) => {
    const { decoder, executor } = await loadFixture(await loadOrtRuntime(backend, '/ort/'), files);
    const bounds = [0, ...cuts, decoder.layers];
    return Promise.all(bounds.slice(1).map((end, index) => executor(bounds[index]!, end, kvBytes)));
  };
  const right = await runScript(await open('wasm'), false);
  const chain = await open('webgpu');
  const alone = await runScript(chain, false);
  const together = await runScript(chain, true);
  const [own, other] = [compareRecords(alone.records, together.records), compareRecords(right.records, alone.records)];
  return {
    largestDifference: own.largestDifference,
    fromWasm: other.largestDifference,
    isSame: own.isSame && other.isSame,
    largestBatch: together.largestBatch,
  };
}

self.addEventListener('message', (event: MessageEvent<BatchCase>) => {
  runCase(event.data).then(
    (result) => self.postMessage({ result }),
    (error) => self.postMessage({ error: `${error?.code ?? ''} ${error?.message ?? error} ${error?.stack ?? ''}` }),
  );
});
