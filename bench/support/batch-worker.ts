// One stage that holds a whole model, and sessions that each want one more token: computed one after another, or together.

import type { Backend } from '../../protocol/control.ts';
import type { BatchItem, ExecutorOutput, KvCache, LayerExecutor } from '../../shard-worker/engine/layer-executor.ts';
import { loadOrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { loadStage } from '../../shard-worker/model/load-stage.ts';
import { openModel } from '../../shard-worker/model/open-model.ts';
import type { ModelSource } from '../../shard-worker/words/model-source.ts';

export interface BatchRequest {
  /** A worker serves one. */
  backend: Backend;
  source: ModelSource;
  /** Sessions, and how many positions each has before. */
  sessions: number;
  context: number;
  /** One step of the first `size` of them. */
  step?: { size: number; together: boolean };
}

export interface BatchStep {
  ms: number;
  /** The likeliest token of each. */
  tokens: number[];
  /** Sessions that shared the largest run. */
  batch: number;
}

interface Stage {
  executor: LayerExecutor;
  caches: KvCache[];
}

let ready: Promise<Stage> | undefined;

async function open({ backend, source, sessions, context }: BatchRequest): Promise<Stage> {
  const runtime = await loadOrtRuntime(backend, '/ort/');
  const model = await openModel(source);
  const range = { start: 0, end: model.decoder.layers };
  const executor = await loadStage(runtime, model, range, { lent: { memoryBytes: 1e9 } });
  const caches: KvCache[] = [];
  for (let session = 0; session < sessions; session++) {
    const cache = executor.openCache();
    // Ids of no meaning, other ones for each.
    const ids = Int32Array.from({ length: context + session }, (_, at) => 100 + session * 31 + at * 7);
    await executor.run(cache, { ids, tokens: ids.length, rows: 'last', inverseTemperature: 1 });
    caches.push(cache);
  }
  return { executor, caches };
}

/** The same step each time: what it added is taken back. */
async function measure(request: BatchRequest): Promise<BatchStep | undefined> {
  ready ??= open(request);
  const { executor, caches } = await ready;
  if (!request.step) return undefined;
  const { size, together } = request.step;
  const items = caches.slice(0, size).map((cache, session): BatchItem => {
    const input = { ids: Int32Array.of(200 + session), tokens: 1, rows: 'last' as const, inverseTemperature: 1 };
    return { cache, input };
  });
  const startedMs = performance.now();
  const outputs: ExecutorOutput[] = [];
  if (together) outputs.push(...(await executor.runBatch(items)));
  else for (const { cache, input } of items) outputs.push(await executor.run(cache, input));
  const ms = performance.now() - startedMs;
  for (const { cache } of items) cache.crop(cache.length - 1);
  return {
    ms,
    tokens: outputs.map(({ rows }) => rows![0]!.ids[0]!),
    batch: Math.max(...outputs.map(({ batch }) => batch)),
  };
}

self.addEventListener('message', (event: MessageEvent<BatchRequest>) => {
  measure(event.data).then(
    (reply) => self.postMessage({ reply }),
    (error) => self.postMessage({ error: String(error?.message ?? error) }),
  );
});
