// What belongs to a window stays with it, whatever page it shows: what it lends, what was said in it.
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { answerBegun, ask, chatReady, openSite, send, sliceOf } from './support/site.ts';

/** By the head's link; Back before it has arrived would lead to the page before. */
async function go(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }).click();
  await page.waitForURL(({ pathname }) => pathname.startsWith(`/${place.toLowerCase()}`));
}

test('E3: a tab lends on while its person looks at other pages', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage();
    const card = stage.getByTestId('shard-card');
    await expect(card).toHaveAttribute('data-phase', 'serving');
    const peer = await card.getAttribute('data-peer');
    await go(stage, 'Pools');
    await expect(stage.getByTestId('lending-chip')).toContainText('Lending');
    const chat = await site.openChat({ temperature: '0', max: '12' });
    await chatReady(chat, 1);
    expect((await ask(chat, 'What is a shard?')).finishReason).not.toBe('cancelled');
    await expect(stage.getByTestId('lending-chip')).toContainText('computed');
    await stage.getByTestId('lending-chip').click();
    await expect(stage.getByTestId('shard-card')).toHaveCount(1);
    await expect(card).toHaveAttribute('data-phase', 'serving');
    await expect(card).toHaveAttribute('data-peer', peer!);
    expect(await stage.title()).toContain('Lends: ');
    // It rests, and is back with what is on its disk.
    await card.getByRole('button', { name: /^Pause/ }).click();
    await expect(stage.getByTestId('paused-shard')).toBeVisible();
    await expect.poll(() => site.server.snapshot().pools[0]?.peers ?? 0).toBe(0);
    await expect(stage.getByTestId('lending-chip')).toHaveCount(0);
    await stage.getByRole('button', { name: /^Lend again/ }).click();
    await expect(card).toHaveAttribute('data-phase', 'serving');
    expect((await sliceOf(stage)).networkBytes).toBe(0);
  } finally {
    await site.close();
  }
});

test('E3, E6: a conversation is there after another page, a reload and Back; kept, found, saved, brought back and deleted', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await chatReady(chat, 1);
    // An answer goes on while another page is shown.
    await send(chat, 'Tell me a story about a fox.');
    await answerBegun(chat, 1);
    await go(chat, 'Pools');
    await go(chat, 'Chat');
    const answers = chat.getByTestId('answer');
    await expect(answers).toHaveAttribute('data-status', 'done');
    const text = await answers.locator('.answer-text').innerText();
    expect(text.length).toBeGreaterThan(20);
    await go(chat, 'Pools');
    await chat.goBack();
    await expect(answers.locator('.answer-text')).toHaveText(text);
    await chat.getByTestId('composer').fill('Not sent yet');
    await chat.reload();
    await expect(answers.locator('.answer-text')).toHaveText(text);
    await expect(chat.getByTestId('composer')).toHaveValue('Not sent yet');

    // Another one, a private one, and the list.
    await chat.getByRole('button', { name: 'New chat' }).click();
    await expect(answers).toHaveCount(0);
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    const talks = chat.getByTestId('talks');
    await chat.getByTestId('conversations').click();
    await expect(talks.getByRole('listitem')).toHaveCount(2);
    await talks.getByRole('button', { name: 'Private chat' }).click();
    await ask(chat, 'How do I join?');
    await chat.getByTestId('conversations').click();
    await expect(talks.getByRole('listitem')).toHaveCount(2);
    await talks.getByLabel('Search conversations').fill('FOX');
    await expect(talks.getByRole('listitem')).toHaveCount(1);
    const download = chat.waitForEvent('download');
    await talks.getByRole('button', { name: 'Save all as a file' }).click();
    const file = await (await download).path();
    expect(readFileSync(file, 'utf8')).toContain('Tell me a story about a fox.');
    await talks.getByRole('button', { name: /^Rename/ }).click();
    await talks.getByLabel('Name of the conversation').fill('The fox');
    await talks.getByRole('button', { name: 'Save the name' }).click();
    await expect(talks.getByRole('button', { name: 'The fox', exact: true })).toBeVisible();
    await talks.getByRole('button', { name: 'Delete The fox' }).click();
    await talks.getByRole('button', { name: 'Delete it' }).click();
    await expect(talks.getByText('Nothing was found.')).toBeVisible();
    await talks.getByLabel('Bring from a file').setInputFiles(file);
    await talks.getByRole('button', { name: /fox/ }).first().click();
    await expect(answers.locator('.answer-text')).toHaveText(text);
  } finally {
    await site.close();
  }
});

test('E2, E4, E6: an answer comes first; answers are copied, made again and edited; a double click on Send stops nothing', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '160' });
    await chatReady(chat, 1);
    await chat.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await chat.setViewportSize({ width: 390, height: 844 });
    await chat.getByTestId('composer').fill('Tell me a story about a fox.');
    await chat.getByTestId('send').dblclick();
    const answer = chat.getByTestId('answer').last();
    await expect(answer).toHaveAttribute('data-status', 'done');
    await expect(chat.getByTestId('composer')).toBeFocused();
    await expect(answer.locator('details[open]')).toHaveCount(0);
    await expect(answer.locator('.answer-text')).toBeInViewport({ ratio: 1 });
    await answer.getByRole('button', { name: 'Copy the answer' }).click();
    const copied = await chat.evaluate(() => navigator.clipboard.readText());
    expect(copied.length).toBeGreaterThan(20);
    await answer.getByRole('button', { name: 'Regenerate' }).click();
    await expect(answer).toHaveAttribute('data-status', 'done');
    await answer.getByRole('button', { name: 'Copy the answer' }).click();
    expect(await chat.evaluate(() => navigator.clipboard.readText()), 'greedy says the same').toBe(copied);
    await chat.getByRole('button', { name: /^Edit/ }).click();
    await expect(chat.getByTestId('composer')).toHaveValue('Tell me a story about a fox.');
    await expect(chat.getByTestId('answer')).toHaveCount(0);
    await chat.getByTestId('composer').fill('What is a shard?');
    await chat.getByTestId('send').click();
    await expect(answer).toHaveAttribute('data-status', 'done');
    // What was said before is kept as it was.
    await chat.getByTestId('conversations').click();
    await expect(chat.getByTestId('talks').getByRole('listitem')).toHaveCount(2);
  } finally {
    await site.close();
  }
});

/** In the page: as an earlier version of the site kept them, each whole. */
function keepAsBefore(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('computepool-talks', 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('talks', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const writing = db.transaction('talks', 'readwrite');
      const turns = Array.from({ length: 250 }, (_, at) => ({ id: at + 1, role: 'user', text: `Message ${at + 1}` }));
      writing.objectStore('talks').put({ id: 'old', title: 'An old one', createdAt: 1, updatedAt: 2, turns });
      writing.oncomplete = () => {
        db.close();
        resolve();
      };
    };
  });
}

test('E6: conversations that an earlier version kept are there; long ones show their end first', async ({
  browser,
}) => {
  const site = await openSite(browser);
  try {
    const page = await site.openChat();
    await page.goto(`${site.url}/account`);
    await page.evaluate(keepAsBefore);
    await go(page, 'Chat');
    await page.getByTestId('conversations').click();
    await page.getByTestId('talks').getByRole('button', { name: 'An old one', exact: true }).click();
    const messages = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem');
    await expect(messages).toHaveCount(40);
    await expect(messages.last()).toContainText('Message 250');
    // Earlier ones come above what is read, which stays where it is.
    const read = messages.filter({ hasText: 'Message 211' });
    await read.scrollIntoViewIfNeeded();
    const before = await read.boundingBox();
    await page.getByTestId('show-earlier').click();
    await expect(messages).toHaveCount(90);
    expect(Math.abs((await read.boundingBox())!.y - before!.y)).toBeLessThan(8);
    for (const count of [140, 190, 240, 250]) {
      await page.getByTestId('show-earlier').click();
      await expect(messages).toHaveCount(count);
    }
    await expect(page.getByTestId('show-earlier')).toHaveCount(0);
  } finally {
    await site.close();
  }
});
