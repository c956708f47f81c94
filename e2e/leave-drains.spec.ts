// A tab that is told to leave lets the answers end that run through it; nothing new is sent to it.
import { expect, test } from '@playwright/test';
import { openAccount } from './support/api-account.ts';
import { answerBegun, answersOf, ask, chatReady, finishedAnswer, openSite, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';

test('the middle tab leaves in mid-answer: the answer ends over the ring it began on, and everybody is paid', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    const stages = [await site.openStage(), await site.openStage(), await site.openStage()];
    const chat = await site.openChat(QUERY);
    const anew = async (): Promise<void> => {
      await chat.getByRole('button', { name: /new chat/i }).click();
      await chatReady(chat, 3);
    };
    await chatReady(chat, 3);
    // Twice: whoever asks the same again pays less for the prompt.
    await ask(chat, QUESTION);
    await anew();
    const calm = await ask(chat, QUESTION);
    await anew();

    const before = await answersOf(chat);
    await send(chat, QUESTION);
    await answerBegun(chat, 1);
    const [, middle] = stages;
    await middle!.getByRole('button', { name: 'Leave lending 1' }).click();
    const leaving = middle!.getByTestId('leaving');
    await expect(leaving).toBeVisible();
    await expect(leaving.getByRole('button', { name: /^Leave at once/ })).toBeVisible();
    const answer = await finishedAnswer(chat, before);
    expect(answer.tokenIds).toEqual(calm.tokenIds);
    expect(answer.text).toBe(calm.text);
    expect(answer.stats.route, 'no stage was replaced').toHaveLength(3);
    expect(answer.settlement?.chargedMicros, 'nobody’s receipt is missing').toBe(calm.settlement?.chargedMicros);
    // It is gone, and the two that are left answer.
    await expect(middle!.getByTestId('join-button')).toBeVisible();
    await chatReady(chat, 2);
    await chat.getByRole('button', { name: /new chat/i }).click();
    expect((await ask(chat, QUESTION)).tokenIds).toEqual(calm.tokenIds);
  } finally {
    await site.close();
  }
});

test('the only tab leaves in the middle of a stream over HTTP: the stream ends whole, and nobody is left', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage();
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    const { client } = await openAccount(site.url, 'leaver');
    const request = {
      ...{ model: 'computepool/guide-4m', temperature: 0.8, seed: 77, max_tokens: 120 },
      messages: [{ role: 'user' as const, content: QUESTION }],
    };
    const calm = await client.chat.completions.create(request);
    const stream = await client.chat.completions.create({ ...request, stream: true });
    let text = '';
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta.content ?? '';
      if (text === '' && delta !== '') await stage.getByRole('button', { name: 'Leave lending 1' }).click();
      text += delta;
    }
    const endedMs = performance.now();
    expect(text).toBe(calm.choices[0]?.message.content);
    await expect(stage.getByTestId('join-button')).toBeVisible();
    expect(performance.now() - endedMs, 'a conversation that rests holds nobody').toBeLessThan(15_000);
    await expect.poll(() => site.server.snapshot().pools[0]?.peers).toBe(0);
  } finally {
    await site.close();
  }
});
