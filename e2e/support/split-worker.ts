// Runs in a browser's worker: cuts one fixture at given places, chains the slices as a ring would, and gives back how far
// the logits are from the golden ones. The product's own cutter and executor; no network between the stages.
import type { Backend } from '../../protocol/control.ts';
import type { LayerExecutor } from '../../shard-worker/engine/layer-executor.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { type FixtureFiles, type LoadedFixture, loadFixture } from './load-fixture.ts';

export interface SplitCase extends FixtureFiles {
  backend: Backend;
  prompt: number[];
  /** Tokens fed after the prompt, one at a time (teacher forcing). */
  forced: number[];
  /** Inner cuts; `[]` is the whole model. */
  splits: number[][];
  /** Tokens per prefill chunk. */
  chunkTokens: number;
  /** After the prompt, steps over wrong tokens and rolls them back before going on. */
  rollback: boolean;
}

export interface SplitResult {
  cuts: number[];
  /** `[prompt + forced, vocab]`, one row per position. */
  logits: Float32Array;
  /** Argmax that the sampler’s candidates give at each position. */
  greedy: number[];
  /** Largest difference of the graph’s log-sum-exp from one computed here from the logits. */
  logSumExpError: number;
  /** Rows that one run may be, as the trial of the device found. */
  mostRows: number;
}

/** The fixture of the last case with its executors by range: what a GPU compiled for them goes with the last of them. */
interface OpenFixture {
  graphUrl: string;
  fixture: LoadedFixture;
  executors: Map<string, LayerExecutor>;
}

let open: OpenFixture | undefined;

async function openFixture(test: SplitCase): Promise<OpenFixture> {
  if (open?.graphUrl === test.graphUrl) return open;
  const last = open;
  const fixture = await loadFixture(await loadOrtRuntime(test.backend, '/ort/'), test);
  open = { graphUrl: test.graphUrl, fixture, executors: new Map() };
  for (const executor of last?.executors.values() ?? []) await executor.dispose();
  return open;
}

async function runCase(test: SplitCase): Promise<SplitResult[]> {
  const { fixture, executors } = await openFixture(test);
  const { layers, vocabSize } = fixture.decoder;
  const executorOf = async (start: number, end: number): Promise<LayerExecutor> => {
    const key = `${start}-${end}`;
    const executor = executors.get(key) ?? (await fixture.executor(start, end));
    executors.set(key, executor);
    return executor;
  };
  const results: SplitResult[] = [];
  for (const cuts of test.splits) {
    const bounds = [0, ...cuts, layers];
    const chain: LayerExecutor[] = [];
    for (let index = 0; index + 1 < bounds.length; index++)
      chain.push(await executorOf(bounds[index]!, bounds[index + 1]!));
    results.push({ ...(await runChain(test, cuts, chain, vocabSize)), mostRows: fixture.bounds.rows });
  }
  return results;
}

async function runChain(
  test: SplitCase,
  cuts: number[],
  chain: LayerExecutor[],
  vocab: number,
): Promise<Omit<SplitResult, 'mostRows'>> {
  const caches = chain.map((executor) => executor.openCache());
  const logits = new Float32Array((test.prompt.length + test.forced.length) * vocab);
  const greedy: number[] = [];
  let logSumExpError = 0;
  let position = 0;
  const step = async (ids: number[], keep: boolean) => {
    let hidden: Uint8Array | undefined;
    for (const [stage, executor] of chain.entries()) {
      const output = await executor.run(caches[stage]!, {
        ...(executor.entry ? { ids: Int32Array.from(ids) } : { hidden: hidden! }),
        tokens: ids.length,
        rows: 'all',
        inverseTemperature: 1,
      });
      hidden = output.hidden;
      if (!output.rows || !keep) continue;
      for (const [row, candidates] of output.rows.entries()) {
        const whole = await candidates.fullLogits!();
        logits.set(whole, (position + row) * vocab);
        greedy.push(candidates.ids[0]!);
        const sum = Math.log(whole.reduce((total, value) => total + Math.exp(value), 0));
        logSumExpError = Math.max(logSumExpError, Math.abs(sum - candidates.logSumExp));
      }
    }
    if (keep) position += ids.length;
  };
  for (let at = 0; at < test.prompt.length; at += test.chunkTokens) {
    await step(test.prompt.slice(at, at + test.chunkTokens), true);
  }
  if (test.rollback) {
    await step([1, 2, 3], false);
    for (const cache of caches) cache.crop(position);
  }
  for (const id of test.forced) await step([id], true);
  for (const cache of caches) cache.dispose();
  return { cuts, logits, greedy, logSumExpError };
}

self.addEventListener('message', (event: MessageEvent<SplitCase>) => {
  runCase(event.data).then(
    (results) => self.postMessage({ results }),
    (error) => self.postMessage({ error: `${error?.code ?? ''} ${error?.message ?? error} ${error?.stack ?? ''}` }),
  );
});
