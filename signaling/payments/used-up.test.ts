// A deposit that is used up, and an asker who goes away, over HTTP with a real server and chain: an answer is refused before it begins or
// ends where it is, more money is paid in, and what was delivered is paid.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { type Address, createPublicClient, createWalletClient, http, publicActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN_ABI } from '../../protocol/abi.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { type LocalChain, openLocalChain } from '../../tools/chain/local-chain.ts';
import { PASSWORD, signClaim } from '../accounts/test-account.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { testReader } from '../models/test-reader.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { PaidTab, QUESTION } from './test-paid-tab.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
const FUNDS = 5_000_000n;
/** Ten words at $20 for a million tokens, and five of the question at a quarter of it. */
const ANSWER_USDC = 0.000225;

let folder: string;
let chain: LocalChain;
let server: RunningServer;
let tab: PaidTab;

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), 'computepool-used-up-'));
  chain = await openLocalChain(folder);
  server = await startServer({
    ...{ logger: 'silent', canary: false, reader: testReader(), marketPricePico: 20_000_000, ratePerMinute: 100_000 },
    chain: { key: 'local', url: chain.url, deploymentFile: chain.deploymentFile, keyFile: chain.keyFile },
    timing: { joinDebounceMs: 5, leaveDebounceMs: 5, receiptTimeoutMs: 2_000 },
  });
  tab = await PaidTab.serve(server.url, MARKET, privateKeyToAccount(generatePrivateKey()).address);
});
afterAll(async () => {
  await server?.close();
  await chain?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function openSession(dollars: number) {
  const account = privateKeyToAccount(generatePrivateKey());
  const minter = createWalletClient({ account: chain.payer, chain: anvil, transport: http(chain.url) });
  const args = [account.address, FUNDS] as const;
  const usdc = { address: chain.deployment.usdc, abi: TOKEN_ABI } as const;
  const hash = await minter.writeContract({ ...usdc, functionName: 'mint', args });
  await minter.extend(publicActions).waitForTransactionReceipt({ hash });
  const pay = wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(account) }],
    spendControls: {
      allowedAssets: [{ network: 'eip155:31337', asset: usdc.address, maxAmountPerPayment: '5000000' }],
    },
  }) as typeof fetch;
  const call = async (path: string, init: RequestInit = {}, key?: string, by: typeof fetch = fetch) => {
    const headers = { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) };
    return by(`${server.url}${path}`, { ...init, headers });
  };
  const body = JSON.stringify({ model: POOL, dollars, mode: 'ticks' });
  const opened = await call('/v1/computepool/sessions', { method: 'POST', body }, undefined, pay);
  expect(opened.status).toBe(201);
  const { id, key } = (await opened.json()) as { id: string; key: string };
  const session = `/v1/computepool/sessions/${id}`;
  return {
    ...{ account, id, key },
    usdcOf: (address: Address): Promise<bigint> =>
      createPublicClient({ chain: anvil, transport: http(chain.url), cacheTime: 0 }).readContract({
        ...{ ...usdc, functionName: 'balanceOf', args: [address] },
      }),
    ask: (maxTokens: number, init: RequestInit = {}, stream = false) =>
      call(
        '/v1/chat/completions',
        {
          ...{ method: 'POST', ...init },
          body: JSON.stringify({
            ...{ model: POOL, messages: [{ role: 'user', content: QUESTION }], max_tokens: maxTokens, stream },
          }),
        },
        key,
      ),
    topUp: (more: number) =>
      call(`${session}/top-up`, { method: 'POST', body: JSON.stringify({ dollars: more }) }, key, pay),
    post: (path: string, body: object, by: string) =>
      call(`${session}${path}`, { method: 'POST', body: JSON.stringify(body) }, by),
    read: async (path = '', by = key) => call(`${session}${path}`, {}, by),
    async end(): Promise<Record<string, unknown>> {
      await call(session, { method: 'DELETE' }, key);
      let said: Record<string, unknown> = {};
      await expect
        .poll(async () => {
          said = await (await call(session, {}, key)).json();
          return said.state;
        })
        .toBe('over');
      return said;
    },
  };
}

/** What comes until there is `word`, or to the end. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, word?: string): Promise<string> {
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done && word !== undefined) throw new Error(`It ended before ${word}: ${text}`);
    if (done) return text;
    text += new TextDecoder().decode(value);
    if (word !== undefined && text.includes(word)) return text;
  }
}

describe.runIf(isThere)('with a chain', () => {
  test('what the deposit does not cover is refused before it begins; with more paid in it is answered', async () => {
    const paid = await openSession(0.004);
    const refused = await paid.ask(30);
    expect([refused.status, (await refused.json()).error.code]).toEqual([402, 'deposit_spent']);
    const topped = await paid.topUp(0.005);
    expect(topped.status).toBe(200);
    expect(Number((await topped.json()).left_usdc)).toBeGreaterThan(0.005);
    const answered = await paid.ask(30);
    expect((await answered.json()).choices[0].message.content).toContain('word9');
    const said = await paid.end();
    const cost = Number(FUNDS - (await paid.usdcOf(paid.account.address))) / 1e6;
    expect(cost).toBeCloseTo(ANSWER_USDC + Number(said.fee_usdc), 6);
    expect(Number(said.deposit_usdc) - Number(said.refunded_usdc)).toBeCloseTo(cost, 6);
  });

  test('an asker who goes away in the middle of an answer pays for what came', async () => {
    const paid = await openSession(0.05);
    tab.paceMs = 300;
    const gone = new AbortController();
    const answer = await paid.ask(30, { signal: gone.signal }, true);
    await readUntil(answer.body!.getReader(), 'word2');
    gone.abort();
    await expect.poll(async () => (await (await paid.read()).json()).earned_usdc).not.toBe('0');
    tab.paceMs = 5;
    const said = await paid.end();
    expect(Number(said.earned_usdc)).toBeGreaterThan(0.00006);
    expect(Number(said.earned_usdc)).toBeLessThan(ANSWER_USDC);
    const cost = Number(FUNDS - (await paid.usdcOf(paid.account.address))) / 1e6;
    expect(cost).toBeCloseTo(Number(said.earned_usdc) + Number(said.fee_usdc), 6);
  });

  test('who ends a session in the middle of an answer has a clean end with the text so far', async () => {
    const paid = await openSession(0.05);
    tab.paceMs = 300;
    const answer = await paid.ask(30, {}, true);
    const reader = answer.body!.getReader();
    const begun = await readUntil(reader, 'word2');
    const ending = paid.end();
    const text = begun + (await readUntil(reader));
    tab.paceMs = 5;
    expect(text).toContain('"code":"cancelled"');
    expect(text).not.toContain('word9');
    expect(Number((await ending).earned_usdc)).toBeLessThan(ANSWER_USDC);
  });

  test('receipts, steps and workflows are read by who has paid and by whose tabs served, each its own', async () => {
    const paid = await openSession(0.05);
    await (await paid.ask(20)).json();
    const { accounts } = server.platform;
    const [operator, other] = await Promise.all(
      ['served', 'stranger'].map(async (name) => {
        const { id } = await accounts.register({ name, password: PASSWORD });
        return { id, key: (await accounts.createKey(id, 'read')).key };
      }),
    );
    await accounts.claimPeer(operator!.id, await signClaim(operator!.id, tab.identity));
    await paid.end();
    for (const path of ['/receipts', '/log', '/workflows']) {
      expect((await paid.read(path, other!.key)).status, path).toBe(404);
      const both = await Promise.all([paid.read(path), paid.read(path, operator!.key)]);
      const [payers, operators] = await Promise.all(both.map(async (each) => (await each.json()).data));
      expect(payers.length, path).toBeGreaterThan(0);
      expect(operators, path).toEqual(payers);
    }
    // What was exported is read again; a file of another session is refused, and so is a stranger.
    const workflows: { name: string }[] = (await (await paid.read('/workflows')).json()).data;
    const again = (file: unknown[], by: string) => paid.post('/workflows', { workflows: file }, by);
    const read = await (await again(workflows, operator!.key)).json();
    expect(read.data.map(({ name }: { name: string }) => name)).toEqual(workflows.map(({ name }) => name));
    expect((await again(workflows, other!.key)).status).toBe(404);
    const refused = await again([workflows[0], {}], paid.key);
    expect([refused.status, (await refused.json()).error]).toMatchObject([
      400,
      { param: 'workflows.1', message: expect.stringContaining('Workflow 2 of the file') },
    ]);
    const get = async (path: string, key: string) =>
      (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } })).json();
    const served = await get('/v1/computepool/sessions', operator!.key);
    const own = served.data.find((each: { id: string }) => each.id === paid.id);
    expect(Number(own.your_usdc), 'seven tenths of it').toBeCloseTo(0.7 * ANSWER_USDC, 9);
    expect((await get('/v1/computepool/sessions', other!.key)).data).toEqual([]);
    const earnings = await get('/v1/computepool/markets/earnings', operator!.key);
    const [row] = earnings.data as { address: string; claimable_usdc: string; wrapped_usdc: string }[];
    expect(row!.address).toBe(tab.payout);
    expect(Number(row!.wrapped_usdc) + Number(row!.claimable_usdc)).toBeGreaterThan(0.7 * ANSWER_USDC);
    const stand = await (await fetch(`${server.url}/v1/computepool/markets/operator`)).json();
    expect(stand.hot_key.sessions_left).toBeGreaterThan(100);
    expect(stand.sessions.map(({ id }: { id: string }) => id)).toContain(paid.id);
  });
});
