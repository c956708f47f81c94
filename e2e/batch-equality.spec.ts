// Sessions of different lengths that share runs on WebGPU get what they get alone (1e-4), and what WASM gives them (1e-3),
// with exactly the greedy tokens, while others join, end, go back and prefill between steps; with memory for it and without.
import { expect, test } from '@playwright/test';
import type { BatchCase, BatchResult } from './support/batch-worker.ts';
import { FIXTURES_DIR, readFixtures } from './support/fixtures.ts';
import { softwareGpuLaunch } from './support/launch.ts';
import { type Harness, serveHarness } from './support/serve-harness.ts';

// SwiftShader stands for the GPU: correct and slow.
test.use({ launchOptions: softwareGpuLaunch() });

let harness: Harness;
test.beforeAll(async () => {
  harness = await serveHarness({ worker: 'e2e/support/batch-worker.ts', modelsDir: FIXTURES_DIR });
});
test.afterAll(() => harness.close());

const CASES: { name: string; cuts: number[]; kvBytes?: number; largest: number }[] = [
  { name: 'qwen3-genai q4', cuts: [2], largest: 4 },
];
// No memory to share: they run one after another, and get the same.
if (process.env.ALL_SPLITS) CASES.push({ name: 'smollm2-genai fp32', cuts: [], kvBytes: 0, largest: 1 });

for (const { name, cuts, kvBytes, largest } of CASES) {
  test(`webgpu: ${name} cut at [${cuts}], up to ${largest} in a run`, async ({ page }) => {
    const { graphUrl, dataUrl } = readFixtures().find((fixture) => fixture.name === name)!;
    const request: BatchCase = {
      graphUrl,
      ...(dataUrl ? { dataUrl } : {}),
      cuts,
      ...(kvBytes === undefined ? {} : { kvBytes }),
    };
    await page.goto(harness.url);
    const answer = await page.evaluate(async (message) => {
      const worker = new Worker('/worker.js', { type: 'module' });
      const reply = await new Promise<{ result?: BatchResult; error?: string }>((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(message);
      });
      worker.terminate();
      return reply;
    }, request);
    expect(answer.error).toBeUndefined();
    const { largestDifference, fromWasm, isSame, largestBatch } = answer.result!;
    expect(largestBatch).toBe(largest);
    expect(largestDifference).toBeLessThan(1e-4);
    expect(fromWasm).toBeLessThan(1e-3);
    expect(isSame).toBe(true);
  });
}
