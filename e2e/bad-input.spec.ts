// Each bad input has a typed error that the page explains, and nothing else breaks.
import { expect, type Page, test } from '@playwright/test';
import { openTestHub } from './support/hub-repos.ts';
import { ask, chatPhase, chatReady, openSite, send, sliceOf } from './support/site.ts';

async function expectError(page: Page, code: string, words: RegExp): Promise<void> {
  const card = page.getByTestId('error-card').first();
  await expect(card).toHaveAttribute('data-code', code);
  await expect(card).toContainText(words);
}

test('a repository that does not exist, a graph that is no decoder, a truncated download; then a retry that works', async ({
  browser,
}) => {
  const hub = await openTestHub();
  const site = await openSite(browser, { hubUrl: hub.url, stages: 1 });
  try {
    const missing = await site.openStage({ model: 'acme/nothing-ONNX', dtype: 'q4' });
    await expectError(missing, 'model-not-found', /acme\/nothing-ONNX/);

    const noDecoder = await site.openStage({ model: hub.noDecoder, dtype: 'q4' });
    await expectError(noDecoder, 'model-unsupported', /past_key_values|KV cache|decoder/i);

    hub.faults = { truncateAtByte: 700_000 };
    const truncated = await site.openStage({ model: hub.good, dtype: 'q4' });
    await expectError(truncated, 'download-truncated', /try again/i);
    hub.faults = {};
    await truncated.getByRole('button', { name: 'Try again' }).click();
    const slice = await sliceOf(truncated);
    expect(slice.networkBytes + slice.cachedBytes).toBe(slice.totalBytes);
  } finally {
    await site.close();
    await hub.close();
  }
});

test('no stages joined: the chat says so and answers when one joins; a prompt past the context is refused', async ({
  browser,
}) => {
  const site = await openSite(browser);
  try {
    const chat = await site.openChat({ temperature: '0', max: '8' });
    await chatPhase(chat, 'no-stages');
    await expect(chat.getByRole('link', { name: /lend/i }).first()).toBeVisible();
    await site.openStage();
    await chatReady(chat, 1);
    await send(chat, 'word '.repeat(3000));
    await expectError(chat, 'context-exceeded', /tokens/);
    // The long message is part of this conversation: a new one is what the error asks for.
    await chat.getByRole('button', { name: /new chat/i }).click();
    expect((await ask(chat, 'What is a shard?')).tokenIds.length).toBeGreaterThan(0);
  } finally {
    await site.close();
  }
});

test('a stage that leaves before it is ready is planned around', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    await site.openStage();
    const stuck = await site.openStage({ auto: '0' });
    // Its weights never come: it is told its layers and stays at loading.
    await stuck.route('**/*.onnx_data', () => {});
    await stuck.context().route('**/*.onnx_data', () => {});
    await stuck.getByTestId('join-button').click();
    await expect(stuck.getByTestId('shard-card')).toHaveAttribute('data-phase', 'loading');
    await stuck.close();
    await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '8' });
    await chatReady(chat, 2);
    expect((await ask(chat, 'What is a shard?')).stats.route).toHaveLength(2);
  } finally {
    await site.close();
  }
});
