// Those who pay a market pool without its pages: a program of Node's, and a page of another site, both with the stock x402 client; and at
// the chat page a contract account (EIP-1271). The examples of the documentation are run as they are.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import { type Address, concatHex, createPublicClient, createWalletClient, http, publicActions, toHex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { TOKEN_ABI } from '../protocol/abi.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { DEFAULT_MODEL } from '../signaling/config/defaults.ts';
import { deployTestWallet } from '../signaling/payments/test-wallet.ts';
import { type LocalChain, openLocalChain } from '../tools/chain/local-chain.ts';
import { openLendingTab, waitUntilReady } from '../tools/demo-paid/lending-tabs.ts';
import { distantLaunch } from './support/launch.ts';
import { SimulatedWallet } from './support/simulated-wallet.ts';
import { openSite, type Site } from './support/site.ts';

/** Another site than the server's: another name, and not only another port. */
const DAPP = 'dapp.test';
test.use({ launchOptions: distantLaunch(DAPP) });

const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const FUNDS = 5_000_000n;

let folder: string;
let chain: LocalChain;
let site: Site;
let dapp: Server;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(join(tmpdir(), 'computepool-paid-elsewhere-'));
  chain = await openLocalChain(folder);
  site = await openSite(browser, {
    ...{ model: DEFAULT_MODEL, stages: 1, marketPricePico: 20_000_000 },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
  });
  await openLendingTab(browser, site.url, MARKET.slug, `0x${'cd'.repeat(20)}`);
  await waitUntilReady(site.server, poolIdOf(MARKET), 1);
  const bundle = await build({
    ...{ entryPoints: ['examples/pay-from-page/pay.ts'], bundle: true, format: 'esm', write: false, logLevel: 'error' },
  });
  const script = bundle.outputFiles[0]!.text;
  const page = readFileSync('examples/pay-from-page/index.html', 'utf8');
  dapp = createServer(({ url }, response) => {
    const isScript = url === '/pay.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : page);
  }).listen(0, '127.0.0.1');
});
test.afterAll(async () => {
  dapp?.close();
  await site?.close();
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const usdcOf = (address: Address): Promise<bigint> =>
  createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 }).readContract({
    ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] },
  });
async function mint(to: Address): Promise<void> {
  const minter = createWalletClient({ account: chain.payer, chain: anvil, transport: http(chain.url) });
  const hash = await minter.writeContract({
    ...{ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'mint', args: [to, FUNDS] },
  });
  await minter.extend(publicActions).waitForTransactionReceipt({ hash });
}

test('a program of Node’s pays with stock @x402/fetch: an answer, a session, and what is left is back', async () => {
  const key = generatePrivateKey();
  const { address } = privateKeyToAccount(key);
  await mint(address);
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/pay-from-node/pay.mjs', site.url], {
    ...{ env: { ...process.env, PAYER_KEY: key, MOST_USDC: '1' }, timeout: 10 * 60_000 },
  });
  expect(stdout).toMatch(/Cost 0\.\d+ USDC; paid in 0x[0-9a-f]{64}/);
  expect(stdout).toMatch(/Of 0\.2\d* USDC 0\.\d+ came back in 0x[0-9a-f]{64}\./);
  const cost = FUNDS - (await usdcOf(address));
  expect(cost).toBeGreaterThan(0n);
  expect(cost).toBeLessThan(100_000n);
});

test('a page of another site pays with stock @x402/fetch and its visitor’s wallet', async ({ browser }) => {
  const account = privateKeyToAccount(generatePrivateKey());
  await mint(account.address);
  const wallet = new SimulatedWallet(account, chain.url);
  wallet.known.add(31337);
  const context = await browser.newContext();
  await wallet.install(context);
  const page = await context.newPage();
  await page.goto(`http://${DAPP}:${(dapp.address() as AddressInfo).port}/`);
  await page.getByLabel('Server').fill(site.url);
  await page.getByRole('button', { name: 'Ask and pay' }).click();
  await expect(page.locator('output')).toContainText(/Cost: 0\.\d+ USDC/);
  expect(wallet.signed).toHaveLength(1);
  await expect.poll(() => usdcOf(account.address), 'what was not earned is back').toBeGreaterThan(FUNDS - 50_000n);
  await context.close();
});

test('a contract account (EIP-1271) pays at the chat page as any other wallet does', async ({ browser }) => {
  const owner = privateKeyToAccount(generatePrivateKey());
  const address = await deployTestWallet(chain, owner.address);
  await mint(address);
  const wallet = new SimulatedWallet(
    {
      address,
      // Longer than an account's: the wallet's own contract says whether it is one.
      signTypedData: async (data) => concatHex([await owner.signTypedData(data), toHex(0, { size: 32 })]),
    },
    chain.url,
  );
  wallet.known.add(31337);
  const context = await browser.newContext();
  await wallet.install(context);
  const page = await context.newPage();
  await page.goto(`${site.url}/chat?pool=${MARKET.slug}`);
  await page.getByTestId('pay-begin').click();
  await page.getByTestId('pay-sign').click();
  await expect(page.getByTestId('pay-session')).toBeVisible();
  expect(await usdcOf(address)).toBe(FUNDS - 250_000n);
  await page.getByRole('button', { name: 'End and take the rest back' }).click();
  await page.getByRole('button', { name: 'End it', exact: true }).click();
  await expect(page.getByTestId('pay-session')).toHaveAttribute('data-state', 'over');
  expect(await usdcOf(address), 'all but the fee is back at the contract').toBeGreaterThan(FUNDS - 10_000n);
  await context.close();
});
