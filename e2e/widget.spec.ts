// The chat in a page of another site: `localhost` frames `127.0.0.1`, under a strict policy, in a browser without third-party cookies.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Address, createPublicClient, http } from 'viem';
import { anvil } from 'viem/chains';
import { serveDapp } from '../examples/dapp/serve.mjs';
import { TOKEN_ABI } from '../protocol/abi.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { type AccountId, accountOwner } from '../signaling/ledger/owner.ts';
import { openLocalChain } from '../tools/chain/local-chain.ts';
import { openLendingTab, waitUntilReady } from '../tools/demo-paid/lending-tabs.ts';
import { cookielessLaunch } from './support/launch.ts';
import { look } from './support/look.ts';
import { SimulatedWallet } from './support/simulated-wallet.ts';
import { openSite, type Site } from './support/site.ts';

test.use({ launchOptions: cookielessLaunch() });

interface Dapp {
  page: Page;
  /** What the browser refused to load or run. */
  refused: string[];
}

/** A visitor of its own, with the dapp open. */
async function visit(context: BrowserContext, url: string): Promise<Dapp> {
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  await page.goto(url);
  return { page, refused };
}

const chatOf = (page: Page) => page.frameLocator('compute-pool-chat iframe');
const pressed = (page: Page, question: string) => page.getByRole('button', { name: question }).click();

async function openDapp(site: Site, pool = '') {
  const dapp = await serveDapp({ port: 0, computepool: site.url, pool });
  return { dapp, origin: `http://localhost:${dapp.port}` };
}

test('a listed page asks and hears tokens, its visitor asks unheard, and both see the conversation', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1 });
  const { dapp, origin } = await openDapp(site);
  // Each has to know the other's address; what a server is started with is in the next test.
  await site.server.platform.pools.ensure(DEFAULT_MODEL, { stages: 1, embedOrigins: [origin] });
  const context = await browser.newContext();
  try {
    await site.openStage();
    const { page, refused } = await visit(context, origin);
    await expect(page.locator('#state')).toContainText(`The chat with ${poolIdOf(DEFAULT_MODEL)} is there.`);
    const heard: string[] = [];
    await page.exposeFunction('tell', (text: string) => heard.push(text));
    await page.evaluate(() => {
      const chat = document.querySelector('compute-pool-chat')!;
      chat.on('token', ({ text }) => void (window as unknown as { tell(text: string): void }).tell(text));
    });
    await pressed(page, 'Tell me a story.');
    await expect(page.locator('#state')).toContainText(/^\d+ tokens, ended by/);
    const answer = await page.locator('#answer').innerText();
    expect(answer.length).toBeGreaterThan(20);
    expect(heard.length, 'it came in pieces').toBeGreaterThan(1);
    const chat = chatOf(page);
    await expect(chat.getByTestId('answer')).toHaveAttribute('data-status', 'done');
    await expect(chat.getByText('Tell me a story about a fox.')).toBeVisible();

    // What the visitor writes is no business of the page.
    const before = heard.length;
    await chat.getByTestId('composer').fill('What is a shard?');
    await chat.getByTestId('send').click();
    await expect(chat.getByTestId('answer')).toHaveCount(2);
    await expect(chat.getByTestId('answer').last()).toHaveAttribute('data-status', 'done');
    expect(heard).toHaveLength(before);

    // It is said where it is so, and the page's colour and the offer to lend are there.
    await chat.getByText('Who sees this').click();
    await expect(chat.getByTestId('kept-apart')).toBeVisible();
    await expect(chat.getByTestId('send')).toHaveCSS('background-color', 'rgb(138, 59, 18)');
    const lending = context.waitForEvent('page');
    await chat.getByTestId('offer-lending').click();
    const join = await lending;
    await expect(join.getByTestId('join-button')).toBeVisible();
    expect(new URL(join.url()).searchParams.get('model')).toBe(DEFAULT_MODEL.repo);
    await join.close();

    // Nothing of it is kept.
    await page.reload();
    await expect(page.locator('#state')).toContainText('is there.');
    await expect(chat.getByTestId('embed')).toHaveAttribute('data-phase', 'ready');
    await expect(chat.getByTestId('answer')).toHaveCount(0);
    expect(refused).toEqual([]);
  } finally {
    await context.close();
    await dapp.close();
    await site.close();
  }
});

test('a page that is not listed sees a line that says how it may be; no other page of the site is framed at all', async ({
  browser,
}) => {
  const site = await openSite(browser, { embedOrigins: ['https://app.example'] });
  const { dapp, origin } = await openDapp(site);
  const context = await browser.newContext();
  try {
    const { page } = await visit(context, origin);
    const line = page.locator('compute-pool-chat').getByRole('status');
    await expect(line).toContainText('This page may not show this chat yet.');
    await expect(line).toContainText(origin);
    await expect(line.getByRole('link')).toHaveAttribute('href', `${site.url}/pools`);
    await pressed(page, 'What is a shard?');
    await expect(page.locator('#state')).toContainText('may not show this chat');
    expect(page.frames().map((frame) => frame.url())).not.toContainEqual(expect.stringContaining('/embed'));

    await site.server.platform.pools.ensure(DEFAULT_MODEL, { embedOrigins: '*' });
    for (const path of ['/', '/chat', '/join', '/pools', '/network', '/account']) {
      const answer = await fetch(`${site.url}${path}?pool=${encodeURIComponent(poolIdOf(DEFAULT_MODEL))}`);
      expect(answer.headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'self'$/);
      expect(answer.headers.get('x-frame-options'), path).toBe('SAMEORIGIN');
    }
    // From now on any page may: the chat is there without a word to the page's owner.
    await page.reload();
    await expect(page.locator('#state')).toContainText('is there.');
  } finally {
    await context.close();
    await dapp.close();
    await site.close();
  }
});

test('a visitor pays a market pool in the frame with a wallet of the page around it, which is asked for nothing else', async ({
  browser,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'computepool-widget-'));
  const chain = await openLocalChain(folder);
  const probe = await serveDapp({ port: 0, computepool: '', pool: '' });
  await probe.close();
  const origin = `http://localhost:${probe.port}`;
  const market = { ...DEFAULT_MODEL, slug: 'market' };
  const site = await openSite(browser, {
    ...{ model: DEFAULT_MODEL, stages: 1, marketPricePico: 20_000_000, embedOrigins: [origin] },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
  });
  const dapp = await serveDapp({ port: probe.port, computepool: site.url, pool: poolIdOf(market) });
  const context = await browser.newContext();
  const wallet = new SimulatedWallet(chain.payer, chain.url);
  await wallet.install(context);
  const usdcOf = (address: Address): Promise<bigint> =>
    createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 }).readContract({
      ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] },
    });
  try {
    await openLendingTab(browser, site.url, market.slug, `0x${'ab'.repeat(20)}`);
    await waitUntilReady(site.server, poolIdOf(market), 1);
    const before = await usdcOf(chain.payer.address);
    const { page, refused } = await visit(context, origin);
    const chat = chatOf(page);
    const fault = chat.getByTestId('pay-fault');
    await expect(chat.getByTestId('pay-summary')).toContainText('Pay 0.25 USDC');
    // What the page asks waits for the payment, and its visitor sees that.
    await pressed(page, 'What is a shard?');
    await expect(chat.getByText('as soon as it can be answered')).toBeVisible();
    expect(wallet.calls, 'nothing is asked before a press').toEqual([]);
    await look(page, 'widget, what it costs');
    await chat.getByTestId('pay-begin').click();
    await expect(chat.getByTestId('pay-review')).toContainText('One transfer of 0.25 USDC on Local chain');
    expect(
      wallet.calls.map(({ method }) => method),
      'only which account',
    ).toEqual(['eth_accounts']);
    await look(page, 'widget, what is signed');

    wallet.rejects.push('eth_signTypedData_v4');
    await chat.getByTestId('pay-sign').click();
    await expect(fault).toHaveAttribute('data-kind', 'rejected');
    expect(wallet.known.has(31337), 'the network was offered to it').toBe(true);
    await chat.getByTestId('pay-again').click();
    await chat.getByTestId('pay-sign').click();
    await expect(page.locator('#state')).toContainText(/^\d+ tokens, ended by/);
    expect(await usdcOf(chain.payer.address)).toBe(before - 250_000n);
    expect(wallet.signed).toMatchObject([{ primaryType: 'TransferWithAuthorization' }]);

    await chat.getByTestId('embed-pay').locator('summary').first().click();
    await look(page, 'widget, a paid session');
    await chat.getByRole('button', { name: 'End and take the rest back' }).click();
    await chat.getByRole('button', { name: 'End it', exact: true }).click();
    await expect(chat.getByTestId('pay-session')).toHaveAttribute('data-state', 'over');
    await expect.poll(() => usdcOf(chain.payer.address)).toBeGreaterThan(before - 50_000n);
    const needed = ['eth_accounts', 'eth_chainId', 'wallet_switchEthereumChain', 'wallet_addEthereumChain'];
    const asked = new Set(wallet.calls.map(({ method }) => method));
    expect([...asked].filter((method) => ![...needed, 'eth_call', 'eth_signTypedData_v4'].includes(method))).toEqual(
      [],
    );
    expect(refused).toEqual([]);
  } finally {
    await context.close();
    await dapp.close();
    await site.close();
    await chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A person's requests, with the cookie of a login that has just shown its password. */
async function openOwner(site: Site) {
  const send = (method: string, path: string, body: unknown, cookie = '') =>
    fetch(`${site.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Origin: site.url, Cookie: cookie },
      body: JSON.stringify(body),
    });
  const opened = await send('POST', '/api/account', { name: 'gardener', password: 'a long enough password' });
  const { id } = (await opened.json()) as { id: AccountId };
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    balance: async () => (await site.server.platform.ledger.balanceOf(accountOwner(id))).availableMicros,
    async change(method: 'POST' | 'PATCH', path: string, body: unknown) {
      const answer = await send(method, path, body, cookie);
      expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
    },
  };
}

test('a pool’s owner pays for visitors of a listed page, until the budget of the day is used up', async ({
  browser,
}) => {
  // One welcome a day and address: the owner has it, and no tab here gets another.
  const site = await openSite(browser, { welcomesPerAddressPerDay: 1 });
  const model = { ...DEFAULT_MODEL, repo: `${DEFAULT_MODEL.repo}-draft` };
  const pool = poolIdOf(model);
  const at = `/api/pools/${encodeURIComponent(pool)}`;
  const owner = await openOwner(site);
  const { dapp, origin } = await openDapp(site, pool);
  const context = await browser.newContext();
  try {
    await owner.change('POST', '/api/pools', { repo: model.repo, dtype: model.dtype });
    const give = (visitorMicros: number) =>
      owner.change('PATCH', at, { embedOrigins: [origin], sponsor: { visitorMicros, dayMicros: 1_000_000 } });
    await give(1_000_000);
    const before = await owner.balance();
    await site.openStage({ model: model.repo, dtype: model.dtype });
    const { page } = await visit(context, origin);
    await pressed(page, 'What is a shard?');
    await expect(page.locator('#state')).toContainText(/^\d+ tokens, ended by/);
    await expect.poll(owner.balance).toBeLessThan(before);
    await expect.poll(async () => (await site.server.platform.ledger.totals()).openHolds).toBe(0);
    const spent = before - (await owner.balance());
    expect(spent).toBeGreaterThan(0);

    await give(spent + 1);
    await pressed(page, 'How do I join?');
    await expect(page.locator('#state')).toContainText('What this page gives its visitors is used up for today');
    const answer = chatOf(page).getByTestId('answer').last();
    await expect(answer.getByTestId('error-card')).toHaveAttribute('data-code', 'insufficient-credits');
    const link = answer.getByRole('link', { name: 'Go on in a tab of its own' });
    await expect(link).toHaveAttribute('href', /^\/chat\?model=/);
    expect(before - (await owner.balance())).toBe(spent);
  } finally {
    await context.close();
    await dapp.close();
    await site.close();
  }
});
