// The demonstration on the start page: what a newcomer sees is what the network does, in an empty profile and with nobody there.
import { expect, test } from '@playwright/test';
import { look, lookInGerman } from './support/look.ts';
import { ask, openSite } from './support/site.ts';

const QUESTION = 'What is a shard?';
const ENGINE = /\.wasm|\.onnx/;

test('played with nobody there, it gives the same answer as one tab alone, hop by hop', async ({ browser }) => {
  const site = await openSite(browser);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(site.url);
    await expect(page.getByTestId('live-numbers')).toContainText('Tabs that lend0');
    expect(fetched.filter((url) => ENGINE.test(url))).toEqual([]);

    await page.getByTestId('play').click();
    const shown = page.getByTestId('demonstration');
    // Whoever wants no motion gets no slow motion either.
    const slow = page.getByLabel('Slow motion');
    await expect(slow).not.toBeChecked();
    await expect(shown).toHaveAttribute('data-phase', 'done');
    const answer = page.getByTestId('shown-answer');
    const text = await answer.innerText();
    const tokens = (await answer.getAttribute('data-tokens'))!.split(' ').map(Number);
    const hops = page.getByTestId('hops').getByRole('listitem');
    await expect(hops).toHaveCount(8);
    await expect(hops.filter({ hasText: 'shard 1 → shard 2' }).first()).toContainText(
      /a hidden state for 1 token, \d+ B/,
    );
    await expect(hops.filter({ hasText: 'shard 3 → you' }).first()).toContainText(/Computed in [\d.]+ ms/);
    // The prompt in, and for each token and the one that ends them a lap: two hidden states, and the exit's word to both who wait. Of
    // the last lap the end may be known before its last word has passed.
    const [, told, passed] = /(\d+) tokens in (\d+) hops/.exec(await shown.innerText())!.map(Number);
    expect(told).toBe(tokens.length);
    expect(passed).toBeLessThanOrEqual(1 + 4 * (tokens.length + 1));
    expect(passed).toBeGreaterThanOrEqual(4 * (tokens.length + 1) - 1);

    const chat = await site.openChat({ mode: 'solo', temperature: '0', max: '64' });
    await expect(chat.getByTestId('local-model')).toHaveAttribute('data-phase', 'ready');
    const alone = await ask(chat, QUESTION);
    expect(text).toBe(alone.text);
    expect(tokens).toEqual(alone.tokenIds);
    // Nobody else has had a part in it.
    expect(site.server.snapshot().pools.map(({ peers }) => peers)).toEqual([0]);

    // In slow motion, from the middle of an answer on, and at full pace again: the same text.
    await slow.check();
    await page.getByRole('button', { name: 'Once more' }).click();
    await expect(shown).toHaveAttribute('data-phase', 'asking');
    await expect(answer).toContainText(/\w/);
    await slow.uncheck();
    await expect(shown).toHaveAttribute('data-phase', 'done');
    expect(await answer.innerText()).toBe(text);
    await look(page, '/, played');
    await lookInGerman(page, '/, played');
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    await site.close();
  }
});
