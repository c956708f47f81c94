// The main job on WebGPU (SwiftShader stands for the GPU): a tab of it and one of WASM give the text of WASM alone, and with
// ALL_SPLITS=1 one and two tabs of it, too.
// SwiftShader's subgroups have 4 lanes, where the runtime's flash attention is wrong from 32 rows on: F6.
import { expect, test } from '@playwright/test';
import { softwareGpuLaunch } from './support/launch.ts';
import { ask, chatReady, openSite, type Site } from './support/site.ts';

/** More than a chunk of 64 tokens. */
const LONG_QUESTION = `I have two laptops, a phone and an old desktop computer. ${'Each of them can lend some memory to a pool. '.repeat(4)}What is a shard?`;

test.use({ launchOptions: softwareGpuLaunch() });

/** Opens tabs of these backends, whose pages say how they read a prompt. */
async function lend(site: Site, backends: readonly string[]): Promise<void> {
  for (const backend of backends) {
    const stage = await site.openStage({ backend });
    const card = stage.getByTestId('shard-card');
    await expect(card).toHaveAttribute('data-backend', backend);
    const note = card.getByText('failed a test of its arithmetic');
    if (backend === 'webgpu') await expect(note).toContainText('reads prompts in pieces of 31', { timeout: 120_000 });
    else await expect(note).toHaveCount(0);
  }
}

/** What a page that has asked nothing before is answered over tabs of these backends. */
async function answerOver(site: Site, backends: readonly string[]): Promise<number[]> {
  const chat = await site.openChat({ temperature: '0', max: '6' });
  await chatReady(chat, backends.length);
  const answer = await ask(chat, LONG_QUESTION);
  expect(answer.stats.route.map((stop) => stop.backend).sort()).toEqual(backends.toSorted());
  expect(answer.stats.promptTokens).toBeGreaterThan(64);
  await chat.close();
  return answer.tokenIds;
}

test('F6: WebGPU stages give the tokens of WASM, and their pages say how they read a prompt', async ({ browser }) => {
  const site = await openSite(browser, { stages: 'all' });
  try {
    await lend(site, ['wasm']);
    const right = await answerOver(site, ['wasm']);
    expect(right.length).toBeGreaterThan(5);
    await lend(site, ['webgpu']);
    expect(await answerOver(site, ['webgpu', 'wasm'])).toEqual(right);
    for (const backends of process.env.ALL_SPLITS ? [['webgpu'], ['webgpu', 'webgpu']] : []) {
      const own = await openSite(browser, { stages: backends.length });
      try {
        await lend(own, backends);
        expect(await answerOver(own, backends)).toEqual(right);
      } finally {
        await own.close();
      }
    }
  } finally {
    await site.close();
  }
});
