// Two pools of one model side by side, a tab in each: both are asked over /v1 by their ids, each is paid by its own funding,
// and a chat asks the one that its address names.

import { expect, test } from '@playwright/test';
import { poolIdOf, poolRefOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { type AccountId, accountOwner } from '../signaling/ledger/owner.ts';
import { TestFunding } from '../signaling/money/test-funding.ts';
import { openAccount } from './support/api-account.ts';
import { ask, chatReady, openSite } from './support/site.ts';

const COMMONS = poolIdOf(DEFAULT_MODEL);
const MARKET = poolIdOf({ ...DEFAULT_MODEL, slug: 'market' });
const PURSE = 1_000_000;

test('each pool answers by its own tab and is paid by its own funding', async ({ browser }) => {
  const funding = new TestFunding(PURSE);
  const site = await openSite(browser, { fundingOf: (pool) => (pool === MARKET ? funding : undefined) });
  try {
    const peers = [];
    for (const slug of ['', 'market']) {
      const page = await site.openStage(slug === '' ? {} : { pool: slug });
      const card = page.getByTestId('shard-card').first();
      await expect(card).toHaveAttribute('data-phase', 'serving');
      peers.push(site.server.platform.roster.pool(slug === '' ? COMMONS : MARKET)!.peers.map(({ peer }) => peer));
    }
    const account = await openAccount(site.url, 'asker');
    const id = account.id as AccountId;
    const available = await account.availableMicros();
    const question = {
      messages: [{ role: 'user' as const, content: 'What is a shard?' }],
      temperature: 0,
      max_tokens: 12,
    };

    const ids = (await account.client.models.list()).data.map((model) => model.id);
    expect(ids).toEqual([DEFAULT_MODEL.repo, MARKET]);
    const ofMarket = await account.client.chat.completions.create({ ...question, model: MARKET });
    expect(await account.availableMicros(), 'credits pay for the commons alone').toBe(available);
    // The answer waits for nobody; who worked is paid behind it.
    await expect.poll(() => [...funding.entries.values()]).toMatchObject([{ pool: MARKET, state: 'settled' }]);
    const [entry] = [...funding.entries.values()];
    expect([...funding.earned.keys()]).toEqual(peers[1]);
    expect(funding.purses.get(accountOwner(id))).toBe(PURSE - entry!.chargedMicros);
    expect(entry!.chargedMicros).toBeGreaterThan(0);

    const ofCommons = await account.client.chat.completions.create({ ...question, model: COMMONS });
    expect(funding.entries.size, 'the other one heard nothing').toBe(1);
    expect(await account.availableMicros()).toBeLessThan(available);
    expect(ofCommons.choices[0]?.message.content).toBe(ofMarket.choices[0]?.message.content);
    const bare = await account.client.chat.completions.create({ ...question, model: DEFAULT_MODEL.repo });
    expect(bare.model).toBe(DEFAULT_MODEL.repo);
    expect(funding.entries.size, 'a bare name is the first pool').toBe(1);

    const { slug } = poolRefOf(MARKET);
    const chat = await site.openChat({ pool: slug!, temperature: '0', max: '12' });
    await chatReady(chat, 1);
    const answer = await ask(chat, 'What is a shard?');
    expect(answer.text).toBe(ofMarket.choices[0]?.message.content);
    expect(funding.entries.size, 'the chat asked the pool of its address').toBe(2);
  } finally {
    await site.close();
  }
});
