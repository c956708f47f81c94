// A tab closes in the middle of an answer: the answer goes on over the tabs that are left and equals the uninterrupted one.
import { expect, test } from '@playwright/test';
import { answersOf, ask, chatReady, finishedAnswer, openSite, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';

test('a stage’s tab closes mid-answer', async ({ browser }) => {
  test.setTimeout(180_000);
  const site = await openSite(browser, { stages: 3 });
  try {
    const stages = [await site.openStage(), await site.openStage(), await site.openStage()];
    const calm = await site.openChat(QUERY);
    await chatReady(calm, 3);
    const uninterrupted = await ask(calm, QUESTION);
    expect(uninterrupted.tokenIds.length, 'long enough to be interrupted').toBeGreaterThan(20);

    const chat = await site.openChat(QUERY);
    await chatReady(chat, 3);
    const before = await answersOf(chat);
    await send(chat, QUESTION);
    await expect(chat.getByTestId('answer').last()).toHaveAttribute('data-status', 'streaming');
    await chat.waitForFunction(
      () => (document.querySelector('[data-testid=answer]:last-of-type')?.textContent ?? '').length > 20,
    );
    const middle = stages[1]!;
    await middle.close();
    const interrupted = await finishedAnswer(chat, before);
    expect(interrupted.tokenIds).toEqual(uninterrupted.tokenIds);
    expect(interrupted.text).toBe(uninterrupted.text);
    expect(interrupted.stats.route).toHaveLength(2);
  } finally {
    await site.close();
  }
});
