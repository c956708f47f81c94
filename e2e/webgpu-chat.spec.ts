// The main job on WebGPU (SwiftShader stands for the GPU): two tabs give the text of WASM, and with ALL_SPLITS=1 of one tab too.
// SwiftShader's subgroups have 4 lanes, where the runtime's flash attention is wrong from 32 rows on: F6.
import { expect, test } from '@playwright/test';
import { softwareGpuLaunch } from './support/launch.ts';
import { ask, chatReady, openSite } from './support/site.ts';

/** More than a chunk of 64 tokens. */
const LONG_QUESTION = `I have two laptops, a phone and an old desktop computer. ${'Each of them can lend some memory to a pool. '.repeat(4)}What is a shard?`;

test.use({ launchOptions: softwareGpuLaunch() });

test('F6: two WebGPU stages give the tokens of WASM, and their pages say how they read a prompt', async ({
  browser,
}) => {
  const answers: number[][] = [];
  for (const { backend, stages } of [
    { backend: 'wasm', stages: 1 },
    ...(process.env.ALL_SPLITS ? [{ backend: 'webgpu', stages: 1 }] : []),
    { backend: 'webgpu', stages: 2 },
  ]) {
    const site = await openSite(browser, { stages });
    try {
      for (let index = 0; index < stages; index++) {
        const stage = await site.openStage({ backend });
        const card = stage.getByTestId('shard-card');
        await expect(card).toHaveAttribute('data-backend', backend);
        const note = card.getByText('failed a test of its arithmetic');
        if (backend === 'webgpu')
          await expect(note).toContainText('reads prompts in pieces of 31', { timeout: 120_000 });
        else await expect(note).toHaveCount(0);
      }
      const chat = await site.openChat({ temperature: '0', max: '6' });
      await chatReady(chat, stages);
      const answer = await ask(chat, LONG_QUESTION);
      expect(answer.stats.route.map((stop) => stop.backend)).toEqual(Array(stages).fill(backend));
      expect(answer.stats.promptTokens).toBeGreaterThan(64);
      answers.push(answer.tokenIds);
    } finally {
      await site.close();
    }
  }
  expect(answers[0]!.length).toBeGreaterThan(5);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});
