// What a newcomer does, with an empty profile and nothing but what the pages say.
import { chromium, expect, test } from '@playwright/test';
import { trustedLaunch } from './support/launch.ts';
import { readQr } from './support/read-qr.ts';
import { answerBegun, answersOf, ask, chatReady, finishedAnswer, openSite, send } from './support/site.ts';

const PHONE = { width: 390, height: 844 };

test('from the landing page to the first answer, on a phone', async ({ browser }) => {
  const site = await openSite(browser);
  const context = await browser.newContext({ viewport: PHONE });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(site.url);
    await page.getByRole('link', { name: 'Ask', exact: true }).click();
    // Nobody lends: the page says so, and what to do.
    const state = page.getByTestId('chat-state');
    await expect(state.getByRole('status')).toHaveText('No tabs have joined yet, so nobody can answer.');
    const opened = context.waitForEvent('page');
    await state.getByRole('link', { name: 'Lend a tab too' }).click();
    const lent = await opened;
    await expect(lent.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await page.bringToFront();
    await chatReady(page, 1);
    // Messages and composer are the page.
    await expect(state).toBeHidden();
    await expect(page.getByTestId('who-answers')).toContainText('One tab would answer.');

    await page.getByRole('button', { name: 'What is a shard?' }).click();
    const before = await answersOf(page);
    await page.getByTestId('send').click();
    const answer = await finishedAnswer(page, before);
    expect(answer.text.length).toBeGreaterThan(10);
    await expect(page.getByTestId('context-meter')).toContainText(/\d+ of 1,024 tokens/);
    // E2: the answer is what one sees, above the composer.
    const seen = await page.getByTestId('answer').last().locator('.answer-text').boundingBox();
    const composer = await page.getByTestId('composer').boundingBox();
    expect(seen!.y).toBeGreaterThanOrEqual(0);
    expect(seen!.y).toBeLessThan(composer!.y);
    expect(composer!.y + composer!.height).toBeLessThanOrEqual(PHONE.height);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    await site.close();
  }
});

test('a second device comes by QR code; its loss in mid-answer is told, and the answer is whole', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 2, allowedHosts: ['pool.example'] });
  const origin = `http://pool.example:${site.server.port}`;
  // One browser for each device, each with a profile of its own.
  const devices = await Promise.all([0, 1, 2].map(() => chromium.launch(trustedLaunch(origin))));
  try {
    const [first, second, third] = await Promise.all(devices.map((device) => device.newPage()));
    await first!.goto(`${origin}/join?backend=wasm`);
    await first!.getByTestId('join-button').click();
    await expect(first!.getByTestId('shard-card')).toHaveAttribute('data-phase', 'waiting');
    const invite = first!.getByTestId('invite');
    await invite.getByText('Invite another device').click();
    const link = await readQr(first!, invite.getByRole('img'));
    expect(new URL(link).origin).toBe(origin);
    await second!.goto(link);
    await second!.getByTestId('join-button').click();

    const chat = third!;
    await chat.goto(`${origin}/chat?${new URLSearchParams({ temperature: '0', max: '120' })}`);
    await chatReady(chat, 2);
    const calm = await ask(chat, 'Tell me a long story about a fox.');
    expect(calm.tokenIds.length, 'long enough to be interrupted').toBeGreaterThan(40);
    await chat.getByRole('button', { name: /new chat/i }).click();
    await chat.evaluate(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      new MutationObserver(() => {
        const text = document.querySelector('[data-testid=notice]')?.textContent;
        if (text && told.at(-1) !== text) told.push(text);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    const before = await answersOf(chat);
    await send(chat, 'Tell me a long story about a fox.');
    await answerBegun(chat);
    await second!.close();
    expect((await finishedAnswer(chat, before)).tokenIds).toEqual(calm.tokenIds);
    const told = await chat.evaluate(() => (window as unknown as { told: string[] }).told);
    expect(told.join('\n')).toMatch(/Continuing on another route/);
  } finally {
    for (const device of devices) await device.close();
    await site.close();
  }
});
