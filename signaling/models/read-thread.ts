// What runs in a thread of its own: a stranger's graph is read, a stranger's tokenizer and chat template are run. Answers one
// call after the other; whoever asks ends the thread when it takes too long.
import { parentPort } from 'node:worker_threads';
import { type ErrorShape, PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import { type BoundedRead, readManifest } from '../../shard-worker/read-manifest.ts';
import { openPromptReader, type PromptReader } from '../../shard-worker/read-prompt.ts';
import { locateModel, type ModelPlaces } from './model-location.ts';

export type ReadLimits = Pick<BoundedRead, 'timeoutMs' | 'maxBytes' | 'retry'>;

/** `ids` needs an `open` before it. Plain data: it crosses to the thread. */
export type ReadCall =
  | { type: 'manifest' | 'open'; model: ModelRef; places: ModelPlaces; limits: ReadLimits }
  | { type: 'ids'; prompt: JobRequest['prompt'] };

export type ReadAnswer = { value: unknown } | { error: ErrorShape };

/** What `ids` answers: what the model's own programs computed, in milliseconds of the processor, belongs to a refusal as well. */
export interface CountedIds {
  ids: number[];
  error?: ErrorShape;
  tookMs: number;
}

let opened: PromptReader | undefined;

function count(prompt: JobRequest['prompt']): CountedIds {
  const before = process.cpuUsage();
  const tookMs = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  try {
    const ids = opened?.ids(prompt) ?? [];
    return { ids, tookMs: tookMs() };
  } catch (thrown) {
    return { ids: [], error: PoolError.from(thrown).toShape(), tookMs: tookMs() };
  }
}

async function answer(call: ReadCall): Promise<unknown> {
  if (call.type === 'ids') return count(call.prompt);
  const { model, places, limits } = call;
  const options = { model, ...(await locateModel(model.repo, places)), ...limits };
  if (call.type === 'manifest') return readManifest(options);
  opened = await openPromptReader(options);
  return undefined;
}

parentPort?.on('message', async (call: ReadCall) => {
  const said: ReadAnswer = await answer(call).then(
    (value) => ({ value }),
    (thrown) => ({ error: PoolError.from(thrown).toShape() }),
  );
  parentPort?.postMessage(said);
});
