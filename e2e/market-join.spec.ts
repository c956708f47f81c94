// Lending to a market pool: a tab that names no address is refused and reads what to do; its person writes one, it is signed,
// and the next time it is there.
import { expect, type Page, test } from '@playwright/test';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { openSite } from './support/site.ts';

const REF = { ...DEFAULT_MODEL, slug: 'market' };
const WRITTEN = `0x${'Ab'.repeat(20)}`;
const ADDRESS = WRITTEN.toLowerCase();

const card = (page: Page) => page.getByTestId('shard-card').first();
const phaseOf = (page: Page, phase: string) => expect(card(page)).toHaveAttribute('data-phase', phase);

test('a tab lends to a market once it has said where to pay it', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    const { pools, payouts, roster } = site.server.platform;
    await pools.ensure(REF, {
      market: { chainId: 84532, contract: `0x${'cd'.repeat(20)}`, treasuryUnits: 3000 },
      price: { promptMicros: 200_000, completionMicros: 200_000 },
    });
    const tab = await site.openStage({ pool: REF.slug });
    await phaseOf(tab, 'failed');
    await expect(tab.getByTestId('error-card')).toHaveAttribute('data-code', 'payout-required');
    await expect(card(tab)).toContainText('Press Leave, write the address that USDC is to be paid to,');
    expect(roster.pool(poolIdOf(REF))?.peers ?? []).toEqual([]);

    await tab.getByRole('button', { name: 'Leave lending 1' }).click();
    const field = tab.getByLabel('Payout address');
    const lend = tab.getByTestId('join-button');
    await lend.click();
    await expect(tab.getByText('Write the address that USDC is to be paid to: your wallet shows it.')).toBeVisible();
    await field.fill(ADDRESS.slice(0, -1));
    await expect(tab.getByText('An address is 0x and 40 digits')).toBeVisible();
    await field.fill(WRITTEN);
    await lend.click();
    await phaseOf(tab, 'serving');
    await expect(card(tab)).toContainText('This pool asks $0.20 per million tokens.');
    await expect(card(tab)).toContainText(ADDRESS);
    await expect(tab.getByTestId('earnings'), 'no credits come of it').toHaveCount(0);
    const [member] = roster.pool(poolIdOf(REF))!.peers;
    expect(payouts.known(member!.peer)).toBe(ADDRESS);

    await tab.reload();
    await phaseOf(tab, 'serving');
    await expect(card(tab), 'kept in this browser').toContainText(ADDRESS);
    const commons = await tab.context().newPage();
    await commons.goto(`${site.url}/join?auto=1&backend=wasm`);
    await phaseOf(commons, 'serving');
    await expect(card(commons), 'the commons are told nothing').not.toContainText(ADDRESS);

    await commons.goto(`${site.url}/pools`);
    const item = commons.getByTestId('pool-item').filter({ hasText: '$0.20 per million tokens' });
    await expect(item.getByText('market', { exact: true })).toBeVisible();
    await item.getByRole('link').click();
    await expect(commons.getByTestId('market-line')).toContainText('in USDC on Base Sepolia');
  } finally {
    await site.close();
  }
});
