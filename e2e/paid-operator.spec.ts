// Whoever earns in a market pool: takes the payout address from a wallet, sees at the account what a paid session was worth, with its
// steps and receipts, and turns it into USDC; and whoever runs the server sees how it stands.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Address, createPublicClient, http } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { TOKEN_ABI } from '../protocol/abi.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { openLocalChain } from '../tools/chain/local-chain.ts';
import { TEST_MNEMONIC } from '../tools/chain/test-mnemonic.ts';
import { waitUntilReady } from '../tools/demo-paid/lending-tabs.ts';
import { Payer } from '../tools/demo-paid/pay.ts';
import { look } from './support/look.ts';
import { register } from './support/register.ts';
import { SimulatedWallet } from './support/simulated-wallet.ts';
import { openSite } from './support/site.ts';

const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
const operator = mnemonicToAccount(TEST_MNEMONIC, { addressIndex: 5 });

test('an operator sees what a paid session was worth, and has it as USDC', async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), 'computepool-paid-operator-'));
  const chain = await openLocalChain(folder);
  const site = await openSite(browser, {
    // $400 for a million tokens: so that an answer is worth cents.
    ...{ model: DEFAULT_MODEL, stages: 1, marketPricePico: 400_000_000 },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
  });
  const context = await browser.newContext();
  try {
    const wallet = new SimulatedWallet(operator, chain.url);
    wallet.known.add(31337);
    await wallet.install(context);
    const tab = await context.newPage();
    await tab.goto(`${site.url}/join?auto=0&backend=wasm&pool=${MARKET.slug}`);
    await tab.getByTestId('wallet-address').click();
    await expect(tab.getByLabel('Payout address')).toHaveValue(operator.address);
    await tab.getByTestId('join-button').click();
    await waitUntilReady(site.server, POOL, 1);

    const page = await context.newPage();
    await register(page, site.url, 'operator');
    await page.getByTestId('claim-peers').click();
    await expect(page.getByTestId('earned-usdc')).toContainText('None of your tabs has worked');

    const payer = new Payer(site.url, chain.payer, chain.deployment.usdc, 'eip155:31337');
    const paid = await payer.openSession({ model: POOL, seconds: 120, mode: 'stream' });
    for await (const part of payer.ask(paid, POOL, 'What is a shard?', 60)) expect(part).toBeDefined();
    await payer.end(paid);
    await expect.poll(async () => (await payer.read(paid)).state).toBe('over');
    const worth = Number((await payer.read(paid)).earned_usdc);

    const row = page.getByTestId('served-session');
    await expect(row).toHaveAttribute('data-state', 'over');
    expect(Number(await row.getAttribute('data-yours')), 'seven tenths of it').toBeCloseTo(0.7 * worth, 6);
    await row.locator('summary').click();
    await expect(row.getByTestId('pay-steps').locator('li').first()).toHaveAttribute('data-step', 'fund');
    await expect(row).toContainText(/\d+ signed receipts? of yours/);
    await look(page, 'earned USDC');

    const usdcOf = (address: Address): Promise<bigint> =>
      createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 }).readContract({
        ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] },
      });
    expect(await usdcOf(operator.address)).toBe(0n);
    const waits = async (where: string): Promise<number> =>
      Number(await page.getByTestId('waiting-row').getAttribute(`data-${where}`));
    // Nobody has connected the address with the pool: what streamed waits there.
    await expect.poll(() => waits('claimable')).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Claim', exact: true }).click();
    await expect.poll(() => waits('wrapped')).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Turn into USDC' }).click();
    await expect(page.getByText('Done.')).toBeVisible();
    const got = Number(await usdcOf(operator.address)) / 1e6;
    expect(got).toBeGreaterThanOrEqual(0.7 * worth - 0.00001);

    await page.goto(`${site.url}/pools?pool=${encodeURIComponent(POOL)}`);
    const stand = page.getByTestId('market-operator');
    await expect(stand.getByTestId('hot-key')).toHaveAttribute('data-sessions-left', /^[1-9]\d{2,}$/);
    await expect(stand.getByTestId('operator-session')).toHaveCount(1);
    await look(page, 'market operator');
    await page.goto(`${site.url}/pools`);
    await page.getByTestId('make-market').locator('summary').click();
    await expect(page.getByTestId('make-market')).toContainText('npm run deploy -- --chain base-sepolia');
    await look(page, 'make a market');
  } finally {
    await context.close();
    await site.close();
    await chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
