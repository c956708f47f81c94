// A tab in reserve takes the seat of one that closed: whoever is left loads nothing and computes nothing again, and the answer
// equals the calm one, in a chat and over HTTP.
import { expect, type Page, test } from '@playwright/test';
import { type ApiAccount, openAccount } from './support/api-account.ts';
import {
  answerBegun,
  answersOf,
  ask,
  chatReady,
  finishedAnswer,
  openSite,
  type Site,
  send,
  sliceOf,
} from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';
/** A prompt of 16 tokens and three of its four ids. */
const CANARY_ROWS = 19;
const MODEL = 'computepool/guide-4m';

/** Entry, middle, exit, and the tab in reserve, which holds everybody's layers by then. Who joins first is the machine's. */
async function openRing(site: Site): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let index = 0; index < 4; index += 1) tabs.push(await site.openStage());
  const reserve = (tab: Page) => tab.getByTestId('reserve');
  await expect
    .poll(async () =>
      (
        await Promise.all(
          tabs.map((tab) =>
            reserve(tab)
              .getAttribute('data-ready', { timeout: 500 })
              .catch(() => null),
          ),
        )
      ).join(''),
    )
    .toBe('true');
  const peers = await Promise.all(tabs.map((tab) => tab.getByTestId('shard-card').first().getAttribute('data-peer')));
  const seats = site.server
    .snapshot()
    .coalitions.at(-1)!
    .seats.map(({ peer }) => peers.indexOf(peer));
  return [...seats, ...tabs.keys()].filter((at, index, all) => all.indexOf(at) === index).map((at) => tabs[at]!);
}

const epochOf = (site: Site): number => site.server.snapshot().coalitions.at(-1)!.epoch;

/** Tokens that a tab says it has computed. */
const tokensOf = async (tab: Page): Promise<number> =>
  Number(await tab.getByTestId('shard-card').first().getAttribute('data-tokens'));

async function settledTokens(tab: Page): Promise<number> {
  let before = -1;
  await expect
    .poll(
      async () => {
        const now = await tokensOf(tab);
        const isSame = now === before;
        before = now;
        return isSame;
      },
      { intervals: [1_200] },
    )
    .toBe(true);
  return before;
}

test('B5: in a chat', async ({ browser }) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    const tabs = await openRing(site);
    const [entry, lost, exit, spare] = tabs as [Page, Page, Page, Page];
    const survivors = [entry, exit];
    await expect(spare.getByTestId('reserve-layers')).toHaveCount(3);
    const calm = await site.openChat(QUERY);
    await chatReady(calm, 3);
    const uninterrupted = await ask(calm, QUESTION);
    await calm.close();
    const computed = [await settledTokens(survivors[0]!), await settledTokens(survivors[1]!)];

    const chat = await site.openChat(QUERY);
    await chatReady(chat, 3);
    const before = await answersOf(chat);
    const epoch = epochOf(site);
    await send(chat, QUESTION);
    await answerBegun(chat);
    await chat.evaluate(() => {
      let lastMs = performance.now();
      const shown = window as Window & { longestGapMs?: number };
      new MutationObserver(() => {
        const nowMs = performance.now();
        shown.longestGapMs = Math.max(shown.longestGapMs ?? 0, nowMs - lastMs);
        lastMs = nowMs;
      }).observe([...document.querySelectorAll('[data-testid=answer]')].at(-1)!, {
        ...{ subtree: true, childList: true, characterData: true },
      });
    });
    await lost.close();
    const interrupted = await finishedAnswer(chat, before);
    const longestGapMs = await chat.evaluate(() => (window as Window & { longestGapMs?: number }).longestGapMs);
    test.info().annotations.push({ type: 'longest gap, ms', description: String(Math.round(longestGapMs ?? 0)) });

    expect(interrupted.tokenIds).toEqual(uninterrupted.tokenIds);
    expect(interrupted.text).toBe(uninterrupted.text);
    expect(interrupted.stats.route).toHaveLength(3);
    const again = [await settledTokens(survivors[0]!), await settledTokens(survivors[1]!)];
    // A machine so loaded that tabs are taken for silent forms more than one: then others have loaded, too.
    const formed = epochOf(site) - epoch;
    test.info().annotations.push({ type: 'coalitions formed', description: String(formed) });
    if (formed > 1) return;
    // The spare had loaded its layers before: for its seat it brings nothing more.
    for (const tab of [...survivors, spare]) {
      const slice = await sliceOf(tab);
      expect([slice.networkBytes, slice.cachedBytes]).toEqual([0, 0]);
    }
    // As many rows as the calm answer took, those that were on their way in the ring and from it to the chat, and those of the lap that
    // tried the coalition.
    for (const [at, tokens] of again.entries()) {
      expect(tokens - computed[at]!).toBeLessThanOrEqual(
        uninterrupted.stats.promptTokens + uninterrupted.tokenIds.length + 32 + CANARY_ROWS,
      );
    }
  } finally {
    await site.close();
  }
});

// Every run has the time for a few of these: this one is in `npm run test:deaths`.
if (process.env.ALL_DEATHS) {
  test('B5: over HTTP, where the entry goes on with its own answer', async ({ browser }) => {
    const site = await openSite(browser, { stages: 3 });
    try {
      const [, middle] = await openRing(site);
      // Two callers: one's next answer would find the first one's prompt in the caches.
      const [ann, bob] = [await openAccount(site.url, 'ann'), await openAccount(site.url, 'bob')];
      const request = {
        model: MODEL,
        messages: [{ role: 'user' as const, content: QUESTION }],
        seed: 5,
        max_tokens: 120,
      };
      const calm = await ann.client.chat.completions.create(request);
      const epoch = epochOf(site);
      const { data, response } = await bob.client.chat.completions.create({ ...request, stream: true }).withResponse();
      let text = '';
      let chunks = 0;
      for await (const chunk of data) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (++chunks === 4) await middle!.close();
      }
      expect(text).toBe(calm.choices[0]!.message.content);
      expect(epochOf(site)).toBeGreaterThan(epoch);
      // The same usage; what the tab that closed had computed before it can show no more, and that stays the payer's.
      const billOf = async ({ get }: ApiAccount, job: string) => {
        const read = async () => (await get(`/v1/computepool/jobs/${job}`)) as Record<string, unknown>;
        await expect.poll(async () => (await read()).state).toBe('done');
        const { usage, charged_credits } = await read();
        return { usage, charged: Number(charged_credits) };
      };
      const interrupted = await billOf(bob, response.headers.get('x-computepool-receipt')!);
      const whole = await billOf(ann, calm.id.replace('chatcmpl-', ''));
      expect(interrupted.usage).toEqual(whole.usage);
      expect(interrupted.charged).toBeLessThanOrEqual(whole.charged);
      expect(interrupted.charged).toBeGreaterThan(whole.charged / 2);
    } finally {
      await site.close();
    }
  });
}
