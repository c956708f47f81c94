// The server is killed while people chat and lend: what runs goes on, what is asked waits, this device answers alone, every page
// says since when and when next; and seconds after it is started again everybody is there and what went on is paid.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { type ServerProcess, startServerProcess } from '../tools/server/server-process.ts';
import { answerBegun, answersOf, ask, chatPhase, chatReady, finishedAnswer, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';
/** Tries come 0.4 to 1.2 s apart. What a page then takes on a machine with other work is not theirs; it was 19 to 24 s. */
const BACK_WITHIN_MS = 8_000;

async function openPage(browser: Browser, server: ServerProcess, path: string, query: Record<string, string> = {}) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}${path}?${new URLSearchParams(query)}`);
  return page;
}

/** When this page first draws that the server is there again, by the clock of this process. */
async function backAtMs(page: Page): Promise<number> {
  await page.getByTestId('server-away').first().waitFor({ state: 'detached' });
  return performance.now();
}

// Every run has the time for a few of these: this one is in `npm run test:deaths`.
if (process.env.ALL_DEATHS) {
  test('B7, B9, B11: the server is killed in mid-answer, and comes back', async ({ browser }) => {
    const server = await startServerProcess(['--stages', '2']);
    try {
      const lend = () => openPage(browser, server, '/join', { auto: '1', backend: 'wasm' });
      const stages = [await lend(), await lend()];
      const pools = await openPage(browser, server, '/pools');
      const chat = await openPage(browser, server, '/chat', QUERY);
      await chatReady(chat, 2);
      const calm = await ask(chat, QUESTION);
      await chat.getByRole('button', { name: /new chat/i }).click();
      const epoch = await chat.getByTestId('chat-state').getAttribute('data-epoch');

      const before = await answersOf(chat);
      await send(chat, QUESTION);
      await answerBegun(chat);
      await server.kill();
      expect((await finishedAnswer(chat, before)).tokenIds, 'it went on without the server').toEqual(calm.tokenIds);
      await expect(chat.getByTestId('charge')).toHaveCount(0);

      for (const page of [chat, ...stages, pools]) {
        await expect(page.getByTestId('server-away').first()).toContainText(
          /Away for \d+ s\. (Next try in|Trying again)/,
        );
      }
      await chatPhase(chat, 'connecting');
      await send(chat, 'What is a shard?');
      await expect(chat.getByText('Will be sent as soon as it can be answered.')).toBeVisible();

      const answered = await answersOf(chat);
      await server.start();
      const startedMs = performance.now();
      const backMs = await Promise.all([chat, ...stages].map(async (page) => (await backAtMs(page)) - startedMs));
      test
        .info()
        .annotations.push({ type: 'ms until all tabs are back', description: String(Math.round(Math.max(...backMs))) });
      expect(Math.max(...backMs)).toBeLessThan(BACK_WITHIN_MS);

      // Sent by itself, and only to a coalition that this server has named.
      const waited = await finishedAnswer(chat, answered);
      expect(waited.text.length).toBeGreaterThan(0);
      expect(await chat.getByTestId('chat-state').getAttribute('data-epoch')).not.toBe(epoch);
      await expect(chat.getByTestId('composer')).toHaveValue('');
      const charged = chat.getByTestId('answer').first().getByTestId('charge');
      const micros = Number(await charged.getAttribute('data-charged-micros'));
      expect(micros, 'the answer that outlived its server is paid').toBeGreaterThan(0);
      await expect(pools.getByTestId('server-away')).toHaveCount(0);
    } finally {
      await server.close();
      for (const context of browser.contexts()) await context.close();
    }
  });
}

test('B10: this device answers with no server at all', async ({ browser }) => {
  const server = await startServerProcess();
  try {
    const chat = await openPage(browser, server, '/chat', { ...QUERY, mode: 'solo', max: '24' });
    await expect(chat.getByTestId('local-model')).toHaveAttribute('data-phase', 'ready');
    const told = await ask(chat, QUESTION);
    await server.kill();
    await expect(chat.getByTestId('server-away')).toContainText('answers alone');
    await chat.getByRole('button', { name: /new chat/i }).click();
    const askedMs = performance.now();
    const alone = await ask(chat, QUESTION);
    test.info().annotations.push({ type: 'ms', description: String(Math.round(performance.now() - askedMs)) });
    expect(alone.tokenIds).toEqual(told.tokenIds);
    expect(alone.plan).toMatchObject({ mode: 'solo', local: true });
    expect(alone.settlement).toBeUndefined();
  } finally {
    await server.close();
    for (const context of browser.contexts()) await context.close();
  }
});
