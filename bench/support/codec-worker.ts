// Runs in a browser's worker: one text through the whole model, then through slices of it whose hidden states are packed and
// unpacked in between, and how far the logits are apart. The product's own slices, executor and codecs; no network.

import type { Codec } from '../../protocol/codec.ts';
import type { Backend } from '../../protocol/control.ts';
import { packRows, unpackRows } from '../../shard-worker/codec/pack-rows.ts';
import type { LayerExecutor } from '../../shard-worker/engine/layer-executor.ts';
import { loadOrtRuntime, type OrtRuntime } from '../../shard-worker/engine/ort-runtime.ts';
import { loadStage } from '../../shard-worker/model/load-stage.ts';
import { type OpenModel, openModel } from '../../shard-worker/model/open-model.ts';
import type { ModelSource } from '../../shard-worker/words/model-source.ts';
import { compareRow, type RowError } from './logit-error.ts';

export interface CodecRequest {
  backend: Backend;
  source: ModelSource;
  /** Token ids, teacher forced. */
  text: number[];
  /** Inner cuts of each variant. */
  variants: { cuts: number[]; codec: Codec }[];
}

/** Errors of one variant; one row per position. */
export interface CodecReply {
  rows: RowError[];
  /** Bytes of hidden states per token and hop. */
  bytesPerToken: number;
}

const CHUNK_TOKENS = 64;
/** A bench's machine has room for the unpacked model and all its caches. */
const BENCH_MEMORY = { memoryBytes: 2 ** 31 };

class Slices {
  readonly #executors = new Map<string, Promise<LayerExecutor>>();
  readonly #runtime: OrtRuntime;
  readonly model: OpenModel;

  constructor(runtime: OrtRuntime, model: OpenModel) {
    this.#runtime = runtime;
    this.model = model;
  }

  chain(cuts: readonly number[]): Promise<LayerExecutor[]> {
    const bounds = [0, ...cuts, this.model.decoder.layers];
    return Promise.all(bounds.slice(1).map((end, index) => this.#slice(bounds[index]!, end)));
  }

  #slice(start: number, end: number): Promise<LayerExecutor> {
    const key = `${start}-${end}`;
    const known =
      this.#executors.get(key) ?? loadStage(this.#runtime, this.model, { start, end }, { lent: BENCH_MEMORY });
    this.#executors.set(key, known);
    return known;
  }
}

let slices: Promise<Slices> | undefined;

async function open({ backend, source }: CodecRequest): Promise<Slices> {
  return new Slices(await loadOrtRuntime(backend, '/ort/'), await openModel(source));
}

async function measure(request: CodecRequest): Promise<CodecReply[]> {
  slices ??= open(request);
  const opened = await slices;
  const { vocabSize } = opened.model.decoder;
  const whole = await logitsOf(await opened.chain([]), request.text, 'exact', vocabSize);
  const replies: CodecReply[] = [];
  for (const { cuts, codec } of request.variants) {
    const { logits, bytes } = await logitsOf(await opened.chain(cuts), request.text, codec, vocabSize);
    const rows = request.text.map((_, position) => {
      const [from, to] = [position * vocabSize, (position + 1) * vocabSize];
      return compareRow(whole.logits.subarray(from, to), logits.subarray(from, to));
    });
    replies.push({ rows, bytesPerToken: bytes / request.text.length / Math.max(1, cuts.length) });
  }
  return replies;
}

/** `[tokens, vocab]`, and the bytes of all hidden states that went from slice to slice. */
async function logitsOf(chain: readonly LayerExecutor[], text: readonly number[], codec: Codec, vocab: number) {
  const caches = chain.map((executor) => executor.openCache());
  const logits = new Float32Array(text.length * vocab);
  let bytes = 0;
  for (let position = 0; position < text.length; position += CHUNK_TOKENS) {
    const ids = Int32Array.from(text.slice(position, position + CHUNK_TOKENS));
    const tokens = ids.length;
    let hidden: Uint8Array | undefined;
    for (const [stage, executor] of chain.entries()) {
      const input = executor.entry ? { ids } : { hidden: hidden! };
      const output = await executor.run(caches[stage]!, { ...input, tokens, rows: 'all', inverseTemperature: 1 });
      for (const [row, candidates] of (output.rows ?? []).entries()) {
        logits.set(await candidates.fullLogits!(), (position + row) * vocab);
      }
      if (!output.hidden) continue;
      const { activation, hiddenSize: width } = executor;
      const packed = packRows(codec, output.hidden, activation, tokens);
      bytes += packed.payload.byteLength;
      hidden = unpackRows({ ...packed, tokens, width }, activation);
    }
  }
  for (const cache of caches) cache.dispose();
  return { logits, bytes };
}

self.addEventListener('message', (event: MessageEvent<CodecRequest>) => {
  measure(event.data).then(
    (reply) => self.postMessage({ reply }),
    (error) => self.postMessage({ error: String(error?.message ?? error) }),
  );
});
