// Runs in a browser's worker: the script of the batching suite over a fixture on WebGPU, alone and together.
import { compareRecords, runScript } from '../../shard-worker/engine/batch-compliance.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { type FixtureFiles, loadFixture } from './load-fixture.ts';

export interface BatchCase extends FixtureFiles {
  cuts: number[];
}

export interface BatchResult {
  largestDifference: number;
  isSame: boolean;
  /** Sessions in the largest run: with all memory, and with none to share. */
  batches: [number, number];
}

async function runCase({ cuts, ...files }: BatchCase): Promise<BatchResult> {
  const { decoder, executor } = await loadFixture(await loadOrtRuntime('webgpu', '/ort/'), files);
  const bounds = [0, ...cuts, decoder.layers];
  const chain = (kvBytes?: number) =>
    Promise.all(bounds.slice(1).map((end, index) => executor(bounds[index]!, end, kvBytes)));
  const roomy = await chain();
  const alone = await runScript(roomy, false);
  const together = await runScript(roomy, true);
  const tight = await runScript(await chain(0), true);
  const results = [together, tight].map(({ records }) => compareRecords(alone.records, records));
  return {
    largestDifference: Math.max(...results.map((result) => result.largestDifference)),
    isSame: results.every((result) => result.isSame),
    batches: [together.largestBatch, tight.largestBatch],
  };
}

self.addEventListener('message', (event: MessageEvent<BatchCase>) => {
  runCase(event.data).then(
    (result) => self.postMessage({ result }),
    (error) => self.postMessage({ error: `${error?.code ?? ''} ${error?.message ?? error} ${error?.stack ?? ''}` }),
  );
});
