// The loop of a chat runs at the entry, who can tell its client what it likes, and so can the exit: what both say must agree. What a
// client says that it has counts for nothing, and what it signs for it pays: loop-granted.test.ts, settle.test.ts.
import { expect, type Page, test } from '@playwright/test';
import { peerOwner } from '../signaling/ledger/owner.ts';
import { bendFrames, bentFrames, markKnown } from './support/bend-frames.ts';
import { ask, chatReady, openSite, type Site, send } from './support/site.ts';

const QUERY = { temperature: '0', max: '48' };
const QUESTION = 'What is a shard?';
const [STEP, RESULT] = [2, 4];

/** Two tabs, and an answer before anybody lied. */
async function calm(site: Site) {
  const tabs = [await site.openStage(), await site.openStage()];
  const chat = await site.openChat(QUERY);
  await chatReady(chat, 2);
  const whole = await ask(chat, QUESTION);
  const { seats } = site.server.snapshot().coalitions.find(({ state }) => state === 'ready')!;
  const peers = await Promise.all(tabs.map((tab) => tab.getByTestId('shard-card').first().getAttribute('data-peer')));
  const tabOf = (peer: string): Page => tabs[peers.indexOf(peer)]!;
  const earned = async (): Promise<number> => {
    await expect.poll(() => site.server.platform.ledger.totals()).toMatchObject({ openHolds: 0 });
    const balances = await Promise.all(seats.map(({ peer }) => site.server.platform.ledger.balanceOf(peerOwner(peer))));
    return balances.reduce((sum, { availableMicros }) => sum + availableMicros, 0);
  };
  return { chat, whole, entry: tabOf(seats[0]!.peer), exit: tabOf(seats.at(-1)!.peer), earned };
}

const lastAnswer = (chat: Page) => chat.getByTestId('answer').last();

// Every run has the time for the quick ones: these are in `npm run test:deaths`.
if (process.env.ALL_DEATHS) {
  for (const [who, kind] of [
    ['entry', STEP],
    ['exit', RESULT],
  ] as const) {
    test(`an ${who} that tells its client another id: the answer ends at once, and nothing of the lie is shown or paid`, async ({
      browser,
    }) => {
      const site = await openSite(browser, { stages: 2 });
      try {
        const { chat, whole, [who]: liar, earned } = await calm(site);
        const charged = whole.settlement!.chargedMicros;
        await chat.close();
        // The entry sends ids to nobody but clients. The exit lies to the entry, and tells the client that links now the truth.
        if (who === 'exit') await markKnown(liar);
        await bendFrames(liar, { kind, onlyToKnown: who === 'exit' });
        const asking = await site.openChat(QUERY);
        await chatReady(asking, 2);
        const before = await earned();
        await send(asking, QUESTION);
        await expect(lastAnswer(asking)).toHaveAttribute('data-status', 'error', { timeout: 60_000 });
        expect(await bentFrames(liar)).toBeGreaterThan(0);
        // The prompt and a token or two, where the whole answer had forty-eight.
        const text = lastAnswer(asking).locator('.answer-text');
        const shown = (await text.count()) > 0 ? await text.innerText() : '';
        expect(whole.text.startsWith(shown.trim())).toBe(true);
        expect(shown.length).toBeLessThan(whole.text.length / 4);
        expect((await earned()) - before).toBeLessThan(charged / 2);
      } finally {
        await site.close();
      }
    });
  }
}
