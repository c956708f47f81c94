// The baseline of solo-vs-transformers: `generate` of @huggingface/transformers in a worker, on the same files and backend.
import { AutoModelForCausalLM, BaseStreamer, env, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import type { SoloRequest } from './solo-worker.ts';
import type { TimedAnswer } from './timed-answer.ts';

let ready: Promise<PreTrainedModel> | undefined;

function open({ backend, source }: SoloRequest): Promise<PreTrainedModel> {
  env.allowLocalModels = false;
  env.remoteHost = source.hubUrl;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const { wasm } = env.backends.onnx;
  if (wasm) Object.assign(wasm, { wasmPaths: '/ort/', numThreads: 1 });
  const { repo, revision, dtype } = source.model;
  // Its weights lie beside the graph, which the model's config does not say.
  return AutoModelForCausalLM.from_pretrained(repo, {
    revision,
    dtype: dtype as 'q4',
    device: backend,
    use_external_data_format: true,
  });
}

/** Notes when each token came; the first call gives the prompt back. */
class TokenClock extends BaseStreamer {
  readonly ids: number[] = [];
  readonly times: number[] = [];
  #isPrompt = true;

  override put([row]: bigint[][]): void {
    if (!this.#isPrompt) {
      this.times.push(performance.now());
      this.ids.push(Number(row![0]));
    }
    this.#isPrompt = false;
  }

  override end(): void {}
}

async function answer(request: SoloRequest): Promise<TimedAnswer> {
  ready ??= open(request);
  const model = await ready;
  const { prompt, maxTokens } = request;
  const startedMs = performance.now();
  const clock = new TokenClock();
  const dims = [1, prompt.length];
  await model.generate({
    inputs: new Tensor('int64', BigInt64Array.from(prompt, BigInt), dims),
    attention_mask: new Tensor('int64', new BigInt64Array(prompt.length).fill(1n), dims),
    max_new_tokens: maxTokens,
    do_sample: false,
    // As in every lane: the answer runs to its full length.
    eos_token_id: null,
    streamer: clock,
  } as unknown as Parameters<PreTrainedModel['generate']>[0]);
  const { ids, times } = clock;
  const decodeMs = times.at(-1)! - times[0]!;
  return { ids, tokensPerSecond: ((times.length - 1) * 1000) / decodeMs, timeToFirstTokenMs: times[0]! - startedMs };
}

self.addEventListener('message', (event: MessageEvent<SoloRequest>) => {
  answer(event.data).then(
    (reply) => self.postMessage({ reply }),
    (error) => self.postMessage({ error: String(error?.message ?? error) }),
  );
});
