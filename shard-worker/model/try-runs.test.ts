// The trial of a GPU on reference decoders, with the real runtime on both sides: what stands for the GPU is the CPU, whose
// outputs a test spoils. e2e/split-equality.spec.ts has a real one.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { loadOrtRuntime, type OrtModule, type OrtRuntime } from '../engine/ort-runtime.ts';
import { describeDecoder } from '../onnx/describe-decoder.ts';
import { readFixture } from '../onnx/fixture-models.ts';
import { readGraph } from '../onnx/read-graph.ts';
import type { ReadModel } from './executor-shape.ts';
import { makeManifest } from './make-manifest.ts';
import { concludeTrial, tryRuns } from './try-runs.ts';

const WINDOWS = 'gemma3-genai/q4';

async function openFixture(name: string): Promise<ReadModel> {
  const graph = await readGraph(readFixture(name).source);
  const decoder = describeDecoder(graph);
  return { graph, decoder, manifest: await makeManifest(graph, decoder, 128) };
}

/** A runtime that says it is a GPU, and computes on the CPU; `isWrong` runs come out with the wrong sign. */
async function spoiledGpu(
  isWrong: (tokens: number, graph: Uint8Array) => boolean,
): Promise<{ gpu: OrtRuntime; made: string[] }> {
  const real = await loadOrtRuntime('wasm');
  const made: string[] = [];
  const create = async (model: Uint8Array, options: InferenceSession.SessionOptions) => {
    const provider = JSON.stringify(options.executionProviders);
    made.push(provider);
    const { preferredOutputLocation: _gpu, ...rest } = options;
    const session = await real.ort.InferenceSession.create(model, { ...rest, executionProviders: ['wasm'] });
    if (!provider.includes('webgpu')) return session;
    const run = async (feeds: Record<string, Tensor>, fetches: Record<string, Tensor | null>) => {
      const outputs = await session.run(feeds, fetches as never);
      const [, tokens = 0] = Object.values(feeds).find(({ dims }) => dims.length === 3)?.dims ?? [];
      const state = Object.entries(outputs).find(([name]) => !name.startsWith('present'))![1];
      if (isWrong(tokens, model))
        for (const [at, value] of (state.data as Float32Array).entries()) state.data[at] = -value;
      return outputs;
    };
    return { run, release: () => session.release() };
  };
  const ort = { ...real.ort, Tensor: real.ort.Tensor, InferenceSession: { create } } as unknown as OrtModule;
  const device = async () => undefined as unknown as GPUDevice;
  return { gpu: { ...real, ort, backend: 'webgpu', device }, made };
}

test.each(['qwen3-genai/q4', 'llama3.2-optimum/fp32', WINDOWS])(
  '%s: what computes as WASM does passes',
  async (name) => {
    const { gpu } = await spoiledGpu(() => false);
    expect(await tryRuns(gpu, await openFixture(name))).toEqual({ bounds: { rows: 64, isShared: true } });
  },
);

test('F6: a GPU that is wrong from 32 rows on is bounded to 31, in words, and tried once', async () => {
  const { gpu, made } = await spoiledGpu((tokens) => tokens >= 32);
  const model = await openFixture('qwen3-genai/q4');
  const trial = await tryRuns(gpu, model);
  expect(trial.bounds).toEqual({ rows: 31, isShared: true });
  expect(trial.note).toBe(
    'This GPU failed a test of its arithmetic: 64 tokens at once come out wrong (off by 200 %), 31 right. ' +
      'This tab reads prompts in pieces of 31: the same answers, a little later.',
  );
  expect(await tryRuns(gpu, model)).toBe(trial);
  // The reference first, on the CPU of the same runtime.
  expect(made).toEqual(['["wasm"]', '["webgpu"]']);
});

test('F6: one that is wrong however it is asked is refused', async () => {
  const { gpu } = await spoiledGpu(() => true);
  const refused = tryRuns(gpu, await openFixture('smollm2-genai/fp32'));
  await expect(refused).rejects.toMatchObject({
    code: 'backend-unavailable',
    message: 'This GPU failed a test of its arithmetic: layers of this model come out wrong (off by 200 %).',
  });
});

test('F6: each kind of layer is tried: windows on most do not hide what is wrong without one', async () => {
  let sessions = 0;
  const seen = new Map<Uint8Array, number>();
  const { gpu } = await spoiledGpu((tokens, graph) => {
    if (!seen.has(graph)) seen.set(graph, ++sessions);
    return seen.get(graph) === 2 && tokens >= 32;
  });
  const { bounds } = await tryRuns(gpu, await openFixture(WINDOWS));
  expect(sessions).toBe(2);
  expect(bounds.rows).toBe(31);
});

test('WASM is the reference itself', async () => {
  const { bounds } = await tryRuns(await loadOrtRuntime('wasm'), await openFixture('qwen3-genai/q4'));
  expect(bounds).toEqual({ rows: Number.POSITIVE_INFINITY, isShared: true });
});

test('a failure of the runtime is told as it is, and the next try begins anew', async () => {
  const { gpu } = await spoiledGpu(() => false);
  const model = await openFixture('qwen3-genai/fp32');
  const failing = { ...gpu, device: () => Promise.reject(new Error('device is lost')) };
  await expect(tryRuns(failing, model)).rejects.toThrow('lost');
  expect((await tryRuns(gpu, model)).bounds.rows).toBe(64);
});

test('of several kinds of layers the tightest bounds hold, and all faults are told', () => {
  const whole = { chunkError: 1e-6, sharedError: 1e-6 };
  const apart = { bounds: { rows: 64, isShared: false }, ...whole, sharedError: 0.5 };
  const short = { bounds: { rows: 31, isShared: true }, ...whole, chunkError: 0.004, piecesError: 1e-6 };
  const { bounds, note } = concludeTrial([{ bounds: { rows: 64, isShared: true }, ...whole }, apart, short]);
  expect(bounds).toEqual({ rows: 31, isShared: false });
  expect(note).toContain('several answers in one step come out wrong (off by 50 %)');
  expect(note).toContain('64 tokens at once come out wrong (off by 1 %), 31 right');
  expect(note).toContain('reads prompts in pieces of 31 and computes answers one after another');
  expect(() => concludeTrial([{ ...whole, chunkError: Number.NaN }])).toThrow('no numbers at all');
});
