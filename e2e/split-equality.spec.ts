// Equality is the definition of correct: every fixture in a real browser, against the whole model (1e-4, and exactly its greedy
// tokens) and against transformers (1e-3). On WASM every split; on WebGPU one fixture, whole, cut once
// and cut everywhere, and with ALL_SPLITS=1 (`npm run test:splits`, some minutes) every fixture and every split there too.
import { expect, type Page, test } from '@playwright/test';
import { PREFILL_CHUNK_TOKENS } from '../protocol/limits.ts';
import { allSplits, FIXTURES_DIR, type Fixture, readFixtures } from './support/fixtures.ts';
import { softwareGpuLaunch } from './support/launch.ts';
import { type Harness, serveHarness } from './support/serve-harness.ts';
import type { SplitCase, SplitResult } from './support/split-worker.ts';

// SwiftShader stands for the GPU: correct and slow.
test.use({ launchOptions: softwareGpuLaunch() });

/** Decode steps after the prompt: SwiftShader takes a hundred times as long for one as WASM. */
const DECODE_STEPS = { wasm: 16, webgpu: 5 };

const isAll = process.env.ALL_SPLITS !== undefined;
/** The dtype that GPUs are given, and the attention that SwiftShader computes wrongly. */
const QUICK_ON_WEBGPU = ['qwen3-genai q4'];

const splitsOn = (backend: SplitCase['backend'], layers: number): number[][] =>
  backend === 'wasm' || isAll ? allSplits(layers) : [[], Array.from({ length: layers - 1 }, (_, cut) => cut + 1)];

const WHOLE_TOLERANCE = 1e-4;
const GOLDEN_TOLERANCE = 1e-3;

let harness: Harness;
/** One for all: the runtime is compiled once per backend and not once per model. */
let page: Page;
test.beforeAll(async ({ browser }) => {
  harness = await serveHarness({ worker: 'e2e/support/split-worker.ts', modelsDir: FIXTURES_DIR });
  page = await browser.newPage();
  await page.goto(harness.url);
});
test.afterAll(async () => {
  await page.close();
  await harness.close();
});

declare global {
  interface Window {
    splitWorkers?: Partial<Record<SplitCase['backend'], Worker>>;
  }
}

interface PlainResult extends Omit<SplitResult, 'logits'> {
  logits: number[];
}

async function run(
  fixture: Fixture,
  backend: SplitCase['backend'],
  fields: Partial<SplitCase> = {},
): Promise<PlainResult[]> {
  const { graphUrl, dataUrl, prompt, greedy } = fixture;
  const test: SplitCase = {
    backend,
    graphUrl,
    ...(dataUrl ? { dataUrl } : {}),
    prompt,
    forced: greedy.slice(0, DECODE_STEPS[backend]),
    splits: allSplits(fixture.layers),
    chunkTokens: prompt.length,
    rollback: false,
    ...fields,
  };
  const answer = await page.evaluate(async (message) => {
    window.splitWorkers ??= {};
    window.splitWorkers[message.backend] ??= new Worker('/worker.js', { type: 'module' });
    const worker = window.splitWorkers[message.backend]!;
    const reply = await new Promise<{ results?: SplitResult[]; error?: string }>((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
    return {
      error: reply.error,
      results: reply.results?.map((result) => ({ ...result, logits: Array.from(result.logits) })),
    };
  }, test);
  if (!answer.results) throw new Error(answer.error);
  return answer.results;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  // NaN compares as different: Math.max would hide it.
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index]! - b[index]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Golden logits of a long prompt are those from its last token on. */
const isLong = ({ greedy, logits, vocab }: Fixture): boolean => logits.length === (greedy.length + 1) * vocab;

function check(fixture: Fixture, results: PlainResult[], whole: PlainResult): void {
  for (const result of results) {
    const label = `${fixture.name} cut at [${result.cuts}]`;
    const golden = fixture.logits.subarray(0, result.logits.length);
    const given = isLong(fixture) ? result.logits.slice(-golden.length) : result.logits;
    expect(largestDifference(given, golden), `${label} against transformers`).toBeLessThan(GOLDEN_TOLERANCE);
    expect(largestDifference(result.logits, whole.logits), `${label} against the whole`).toBeLessThan(WHOLE_TOLERANCE);
    expect(result.greedy, `${label}: greedy tokens`).toEqual(whole.greedy);
    const continued = result.greedy.slice(fixture.prompt.length - 1, -1);
    expect(continued, `${label}: transformers’ greedy tokens`).toEqual(fixture.greedy.slice(0, continued.length));
    expect(result.logSumExpError, `${label}: log-sum-exp`).toBeLessThan(1e-4);
  }
}

for (const backend of ['wasm', 'webgpu'] as const) {
  const isThorough = backend === 'wasm' || isAll;
  for (const fixture of readFixtures().filter(({ name }) => isThorough || QUICK_ON_WEBGPU.includes(name))) {
    test(`${backend}: ${fixture.name}, whole and split`, async () => {
      const splits = splitsOn(backend, fixture.layers);
      const results = await run(fixture, backend, { splits });
      expect(results).toHaveLength(splits.length);
      check(fixture, results, results.find(({ cuts }) => cuts.length === 0)!);
    });

    // GPU kernels are others from 32 rows on, and drivers send chunks of 64: no prompt of 24 tokens ever met them.
    test(`F6: ${backend}: ${fixture.name}, prompts of 40, 70 and 200 tokens`, async () => {
      const finest = Array.from({ length: fixture.layers - 1 }, (_, cut) => cut + 1);
      for (const long of fixture.long) {
        const asked = { ...fixture, ...long };
        const splits = [backend === 'wasm' ? finest : []];
        const results = await run(asked, backend, { splits, chunkTokens: PREFILL_CHUNK_TOKENS });
        check(asked, results, results[0]!);
        // SwiftShader has subgroups of 4: its flash attention counts keys twice, and the trial finds it.
        const isFaulty = backend === 'webgpu' && fixture.name.includes('genai');
        if (backend === 'webgpu') expect(results[0]!.mostRows).toBe(isFaulty ? 31 : 64);
      }
    });
  }

  // One fixture of each kind of attention and cache; the splits that differ most.
  for (const fixture of readFixtures().filter(({ name }) =>
    (isThorough ? ['qwen3-genai q4', 'llama3.2-optimum fp32'] : ['qwen3-genai q4']).includes(name),
  )) {
    test(`${backend}: ${fixture.name}, prefill in chunks, token by token and after a rollback`, async () => {
      const finest = Array.from({ length: fixture.layers - 1 }, (_, cut) => cut + 1);
      const splits = isThorough ? [[], [2], finest] : [[2]];
      const more = isThorough ? [{ chunkTokens: 7 }, { chunkTokens: 1 }] : [];
      const [whole] = await run(fixture, backend, { splits: [[]] });
      for (const fields of [{ chunkTokens: 16, rollback: true }, ...more]) {
        check(fixture, await run(fixture, backend, { splits, ...fields }), whole!);
      }
    });
  }
}
