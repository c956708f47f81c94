// The main job on WebGPU (SwiftShader stands for the GPU): two tabs give the text of WASM, and with ALL_SPLITS=1 of one tab too.
import { expect, test } from '@playwright/test';
import { softwareGpuLaunch } from './support/launch.ts';
import { ask, chatReady, openSite } from './support/site.ts';

test.use({ launchOptions: softwareGpuLaunch() });

test('two WebGPU stages give the tokens of WASM', async ({ browser }) => {
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
        await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-backend', backend);
      }
      const chat = await site.openChat({ temperature: '0', max: '6' });
      await chatReady(chat, stages);
      const answer = await ask(chat, 'What is a shard?');
      expect(answer.stats.route.map((stop) => stop.backend)).toEqual(Array(stages).fill(backend));
      answers.push(answer.tokenIds);
    } finally {
      await site.close();
    }
  }
  expect(answers[0]!.length).toBeGreaterThan(5);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});
