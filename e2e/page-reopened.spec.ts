// A page that asks is closed in mid-answer and opened again, with its keys: the loop at the entry has gone on meanwhile, and the
// answer is whole, that of a page that stayed, and billed once.
import { expect, test } from '@playwright/test';
import { answerBegun, answersOf, ask, chatReady, finishedAnswer, openSite, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '160' };
const QUESTION = 'Tell me a long story about a fox.';
const AWAY_MS = process.env.ALL_DEATHS ? 30_000 : 3_000;

test('an answer outlives its page, and goes on in the next one', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    for (let stage = 0; stage < 2; stage++) await site.openStage();
    const stayed = await site.openChat(QUERY);
    await chatReady(stayed, 2);
    const whole = await ask(stayed, QUESTION);
    const charge = stayed.getByTestId('answer').last().getByTestId('charge');
    const charged = Number(await charge.getAttribute('data-charged-micros'));
    expect(charged).toBeGreaterThan(0);
    await stayed.close();

    const chat = await site.openChat(QUERY);
    await chatReady(chat, 2);
    await send(chat, QUESTION);
    await answerBegun(chat);
    const [context, address] = [chat.context(), chat.url()];
    await chat.close();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    const again = await context.newPage();
    await again.goto(address);
    await expect(again.getByTestId('answer')).toHaveCount(1);
    const answer = await finishedAnswer(again, 0);
    expect(answer.tokenIds).toEqual(whole.tokenIds);
    expect(answer.text).toBe(whole.text);
    await expect(again.getByRole('list').getByText(QUESTION)).toBeVisible();
    const bill = again.getByTestId('answer').last().getByTestId('charge');
    await expect(bill).toHaveAttribute('data-charged-micros', String(charged));

    // It is over: a page that is loaded once more shows it, in the one conversation that there is, and asks nobody.
    await again.reload();
    await chatReady(again, 2);
    await expect(again.getByTestId('answer')).toHaveAttribute('data-status', 'done');
    await expect(again.getByTestId('answer').locator('.answer-text')).not.toBeEmpty();
    expect(await answersOf(again)).toBe(0);
    await again.getByTestId('conversations').click();
    await expect(again.getByTestId('talks').getByRole('listitem')).toHaveCount(1);
  } finally {
    await site.close();
  }
});
