// A person pays at the chat page: a simulated wallet (viem over a local chain) that does not know the chain yet and says no at first; a
// payment, a reload, more money, an end and what goes back, each looked up on the chain itself.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { type Address, createPublicClient, http } from 'viem';
import { anvil } from 'viem/chains';
import { TOKEN_ABI } from '../protocol/abi.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { type LocalChain, openLocalChain } from '../tools/chain/local-chain.ts';
import { openLendingTab, waitUntilReady } from '../tools/demo-paid/lending-tabs.ts';
import { look } from './support/look.ts';
import { SimulatedWallet } from './support/simulated-wallet.ts';
import { openSite, type Site, send } from './support/site.ts';

const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
/** $20 for a million tokens: one answer costs a part of a cent. */
const PRICE_PICO = 20_000_000;
const PAYOUT = `0x${'ab'.repeat(20)}` as Address;
/** What all wallet code may come to. */
const MOST_WALLET_BYTES = 130_000;

let folder: string;
let chain: LocalChain;
let site: Site;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(join(tmpdir(), 'computepool-paid-chat-'));
  chain = await openLocalChain(folder);
  site = await openSite(browser, {
    ...{ model: DEFAULT_MODEL, stages: 1, marketPricePico: PRICE_PICO },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
  });
  await openLendingTab(browser, site.url, MARKET.slug, PAYOUT);
  await waitUntilReady(site.server, POOL, 1);
});
test.afterAll(async () => {
  await site?.close();
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const reader = () => createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 });
const usdcOf = (address: Address): Promise<bigint> =>
  reader().readContract({ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] });

interface Payer {
  page: Page;
  wallet: SimulatedWallet;
}

async function openChat(browser: Browser, language = 'en'): Promise<Payer> {
  const context = await browser.newContext();
  const wallet = new SimulatedWallet(chain.payer, chain.url);
  await wallet.install(context);
  await context.addInitScript((value) => localStorage.setItem('computepool.language', value), language);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
  await page.goto(`${site.url}/chat?pool=${MARKET.slug}`);
  await expect(page.getByTestId('pay-begin')).toBeEnabled();
  return { page, wallet };
}

const flowStep = (page: Page, step: string) => expect(page.getByTestId('pay-flow')).toHaveAttribute('data-step', step);
const fault = (page: Page, kind: string) => expect(page.getByTestId('pay-fault')).toHaveAttribute('data-kind', kind);
const session = (page: Page) => page.getByTestId('pay-session');
const number = async (page: Page, testId: string, name: string): Promise<number> =>
  Number(await page.getByTestId(testId).getAttribute(`data-${name}`));

async function end(page: Page, labels: { end: string; confirm: string }): Promise<void> {
  await page.getByRole('button', { name: labels.end }).click();
  await page.getByRole('button', { name: labels.confirm, exact: true }).click();
  await expect(session(page)).toHaveAttribute('data-state', 'over');
  await expect(page.getByTestId('pay-receipt')).toHaveAttribute('data-refunded', /\d/);
}
const ENGLISH = { end: 'End and take the rest back', confirm: 'End it' };

test('a chain added, a no, a payment, a reload, more money, an end and a refund', async ({ browser }) => {
  const payer = await openChat(browser);
  const { page, wallet } = payer;
  const before = await usdcOf(chain.payer.address);
  const scripts: { bytes: number; text: string }[] = [];
  page.on('response', async (response) => {
    if (!/\.js(\?|$)/.test(response.url())) return;
    const text = await response.text().catch(() => '');
    scripts.push({ bytes: gzipSync(text, { level: 9 }).length, text });
  });
  expect(wallet.calls, 'no wallet is asked before a press').toEqual([]);

  // What cannot be asked yet waits for the payment.
  await send(page, 'What is a shard?');
  await expect(page.getByText('Will be sent as soon as it can be answered.')).toBeVisible();
  await page.getByTestId('pay-amount').getByText('1.00 USDC').click();
  await expect(page.getByTestId('pay-summary')).toContainText('what is not used comes back');
  await look(page, 'pay, before');
  // Whoever writes has the engine loaded, which is no wallet's.
  await page.waitForLoadState('networkidle');
  const early = scripts.splice(0);
  expect(early.length, 'the engine came').toBeGreaterThan(0);
  const isWallets = ({ text }: { text: string }): boolean => text.includes('eip6963:requestProvider');
  expect(early.some(isWallets), 'no wallet code before a press').toBe(false);
  await page.getByTestId('pay-begin').click();
  await flowStep(page, 'review');
  expect(scripts.some(isWallets)).toBe(true);
  const wholeBytes = scripts.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(wholeBytes, 'wallet code, gzip').toBeLessThan(MOST_WALLET_BYTES);
  expect(wallet.signed, 'all is said before the wallet opens').toEqual([]);
  const vault = (await page.getByTestId('pay-review').getAttribute('data-vault'))!;
  await expect(page.getByTestId('pay-review')).toContainText(vault);
  await expect(page.getByTestId('pay-review')).toContainText('Why this address');

  await look(page, 'pay, what is signed');

  // The wallet knows nothing of the network: to add it is offered, and the person says no at first.
  wallet.rejects.push('wallet_addEthereumChain');
  await page.getByTestId('pay-sign').click();
  await fault(page, 'wrong-network');
  wallet.rejects.push('eth_signTypedData_v4');
  await page.getByTestId('pay-again').click();
  await page.getByTestId('pay-sign').click();
  await fault(page, 'rejected');
  await look(page, 'pay, a no');
  expect(wallet.known.has(31337)).toBe(true);
  expect(await usdcOf(chain.payer.address), 'nothing was paid').toBe(before);

  await page.getByTestId('pay-again').click();
  await page.getByTestId('pay-sign').click();
  await expect(session(page)).toBeVisible();
  expect(wallet.signed.at(-1)).toMatchObject({ primaryType: 'TransferWithAuthorization', message: { to: vault } });
  expect(await usdcOf(chain.payer.address)).toBe(before - 1_000_000n);
  expect(
    wallet.calls.map(({ method }) => method),
    'no transaction, no gas',
  ).not.toContain('eth_sendTransaction');

  // The question that waited is answered, and paid by the second meanwhile.
  await expect(session(page)).toHaveAttribute('data-state', 'streaming');
  const first = page.getByTestId('answer').first();
  await expect(first).toHaveAttribute('data-status', 'done');
  await expect.poll(() => number(page, 'pay-meter', 'paid')).toBeGreaterThan(0);

  await look(page, 'pay, a session');

  // A page that is loaded again goes on with the same session.
  const id = await session(page).getAttribute('data-id');
  await page.reload();
  await expect(session(page)).toHaveAttribute('data-id', id!);
  const second = await page.context().newPage();
  await second.goto(`${site.url}/chat?pool=${MARKET.slug}`);
  await expect(session(second), 'all tabs share it').toHaveAttribute('data-id', id!);
  await second.close();

  const left = await number(page, 'pay-meter', 'left');
  await page.getByTestId('top-up').click();
  await page.getByRole('button', { name: '0.25 USDC' }).click();
  await page.getByTestId('pay-sign').click();
  await expect.poll(() => number(page, 'pay-meter', 'left')).toBeGreaterThan(left + 0.2);
  expect(await usdcOf(chain.payer.address)).toBe(before - 1_250_000n);
  await send(page, 'And what is a tab?');
  await expect(page.getByTestId('answer').last()).toHaveAttribute('data-status', 'done');

  await end(page, ENGLISH);
  const cost = await number(page, 'pay-receipt', 'cost');
  const paid = before - (await usdcOf(chain.payer.address));
  expect(cost, 'what the page says is what the wallet lacks').toBeCloseTo(Number(paid) / 1e6, 6);
  expect(paid).toBeGreaterThan(0n);
  expect(paid).toBeLessThan(1_000_000n);
  const steps = await page
    .getByTestId('pay-steps')
    .locator('li')
    .evaluateAll((items) =>
      items.map((item) => `${item.getAttribute('data-step')} ${item.getAttribute('data-state')}`),
    );
  expect(steps[0]).toBe('fund mined');
  expect(steps).toContain('top-up mined');
  expect(steps).toContain('open mined');
  expect(steps.at(-1)).toBe('close mined');
  for (const hash of await page.getByTestId('pay-steps').locator('[data-value]').all()) {
    const receipt = await reader().getTransactionReceipt({ hash: (await hash.getAttribute('data-value')) as Address });
    expect(receipt.status).toBe('success');
  }
  await look(page, 'pay, over');

  // Its workflows are saved and read again, and a file of something else is not taken for them.
  const saving = page.waitForEvent('download');
  await page.getByTestId('save-workflows').click();
  const file = await (await saving).path();
  await page.getByTestId('bring-workflows').setInputFiles(file);
  const read = page.getByTestId('read-workflows').locator('li');
  await expect(read).toHaveCount(11);
  await expect(page.getByTestId('pay-session')).toContainText('All 11 call this session’s own contracts');
  await expect(read.filter({ hasText: 'reclaim' })).toContainText('may be sent by anybody');
  await expect(read.filter({ hasText: 'settle' })).toContainText('waits for: signature, worth');
  await look(page, 'pay, workflows read again');
  const [strange] = JSON.parse(readFileSync(file, 'utf8')) as { nodes: { data: { config: object } }[] }[];
  Object.assign(strange!.nodes[1]!.data.config, { contractAddress: PAYOUT });
  const buffer = Buffer.from(JSON.stringify(strange));
  await page.getByTestId('bring-workflows').setInputFiles({ name: 'w.json', mimeType: 'application/json', buffer });
  await expect(page.getByTestId('pay-session').getByTestId('error-card')).toContainText('It calls another contract');
  await expect(read).toHaveCount(0);
  await page.getByTestId('pay-new').click();
  await expect(page.getByTestId('pay-begin')).toBeEnabled();
  await page.context().close();
});

test('in German too: a payment, and all of it back', async ({ browser }) => {
  const payer = await openChat(browser, 'de');
  const { page, wallet } = payer;
  const before = await usdcOf(chain.payer.address);
  await expect(page.getByTestId('pay-panel')).toContainText('was nicht gebraucht wird, kommt zurück');
  wallet.isLocked = true;
  await page.getByTestId('pay-begin').click();
  await fault(page, 'locked');
  await expect(page.getByTestId('pay-fault')).toContainText('Entsperre sie, dann mach weiter.');
  wallet.isLocked = false;
  wallet.known.add(31337);
  await page.getByTestId('pay-again').click();
  await expect(page.getByTestId('pay-review')).toContainText('Warum diese Adresse');
  await look(page, 'pay, German');
  await page.getByTestId('pay-sign').click();
  await expect(session(page)).toContainText('Bereit: frag etwas.');
  await end(page, { end: 'Beenden und den Rest zurückholen', confirm: 'Beenden' });
  await expect(page.getByTestId('pay-receipt')).toContainText('Zurück an dich');
  const fee = await number(page, 'pay-receipt', 'cost');
  expect(before - (await usdcOf(chain.payer.address)), 'nothing but the fee was used').toBe(
    BigInt(Math.round(fee * 1e6)),
  );
  expect(fee).toBeLessThan(0.01);
  await page.context().close();
});

test('what goes wrong is said in words, and taken up again where it was', async ({ browser }) => {
  const payer = await openChat(browser);
  const { page, wallet } = payer;
  const before = await usdcOf(chain.payer.address);
  const poor = { ...chain.payer, address: `0x${'77'.repeat(20)}` as Address };
  const rich = wallet.account;
  wallet.known.add(31337);

  // Another account than the one that was shown.
  await page.getByTestId('pay-begin').click();
  await flowStep(page, 'review');
  wallet.account = poor as typeof rich;
  await page.getByTestId('pay-sign').click();
  await fault(page, 'account-switched');
  // Goes on with that one, which has nothing.
  await page.getByTestId('pay-again').click();
  await page.getByTestId('pay-sign').click();
  await fault(page, 'too-little');
  await expect(page.getByTestId('pay-fault')).toContainText('This account has 0 USDC here');
  wallet.account = rich;
  await page.getByTestId('pay-again').click();
  await flowStep(page, 'review');
  await page.getByTestId('pay-sign').click();
  await fault(page, 'account-switched');
  await page.getByTestId('pay-again').click();
  await flowStep(page, 'review');

  wallet.isChainAway = true;
  await page.getByTestId('pay-sign').click();
  await fault(page, 'chain-away');
  wallet.isChainAway = false;
  expect(await usdcOf(rich.address), 'nothing was paid').toBe(before);

  // The tab is closed just when it has paid: the page that comes next has the session, once.
  await page.route('**/v1/computepool/sessions', async (route) => {
    if (!route.request().headers()['payment-signature']) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.getByTestId('pay-again').click();
  await page.getByTestId('pay-sign').click();
  await fault(page, 'server-away');
  await page.unroute('**/v1/computepool/sessions');
  await page.reload();
  await expect(session(page)).toBeVisible();
  expect(await usdcOf(rich.address), 'paid once').toBe(before - 250_000n);
  await end(page, ENGLISH);
  expect(await usdcOf(rich.address), 'all but the fee').toBeGreaterThan(before - 10_000n);
  await page.context().close();
});
