// A tab closes in the middle of an answer: the answer goes on over the tabs that are left and equals the uninterrupted one.
import { expect, test } from '@playwright/test';
import { answerBegun, answersOf, ask, chatReady, finishedAnswer, openSite, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';

test('a stage whose line to the server breaks comes back and answers again', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    const stage = await site.openStage({ auto: '0' });
    let cut = () => {};
    await stage.routeWebSocket('**/control', (socket) => {
      const server = socket.connectToServer();
      cut = () => {
        void socket.close();
        void server.close();
      };
    });
    await stage.getByTestId('join-button').click();
    const chat = await site.openChat({ temperature: '0', max: '12' });
    await chatReady(chat, 1);
    const first = await ask(chat, QUESTION);
    const epoch = await chat.getByTestId('chat-state').getAttribute('data-epoch');
    cut();
    await expect(chat.getByTestId('chat-state')).not.toHaveAttribute('data-epoch', epoch!);
    await chatReady(chat, 1);
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await chat.getByRole('button', { name: /new chat/i }).click();
    expect((await ask(chat, QUESTION)).tokenIds).toEqual(first.tokenIds);
  } finally {
    await site.close();
  }
});

// One more of its kind, beside a worker that ends, a spare that takes over and an entry that closes: in `npm run test:deaths`.
if (process.env.ALL_DEATHS) {
  test('a stage’s tab closes mid-answer', async ({ browser }) => {
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
      await answerBegun(chat);
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
}
