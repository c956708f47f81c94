// A person's way with stock clients: a real server on a real chain answers 402, one signature pays, any OpenAI client asks with the key,
// and what was not earned comes back.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import OpenAI from 'openai';
import { type Address, concatHex, createWalletClient, type Hex, http, type LocalAccount, publicActions } from 'viem';
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
import { ANSWER_TOKENS, PaidTab, QUESTION } from './test-paid-tab.ts';
import { deployTestWallet } from './test-wallet.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const MARKET = { ...DEFAULT_MODEL, slug: 'market' };
const POOL = poolIdOf(MARKET);
/** Five tokens at a quarter and ten at the whole of $20 for a million. */
const ANSWER_USDC = 0.000225;

let folder: string;
let chain: LocalChain;
let server: RunningServer;
let tab: PaidTab;

beforeAll(async () => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), 'computepool-paid-'));
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

const wallet = async (): Promise<LocalAccount> => {
  const account = privateKeyToAccount(generatePrivateKey());
  await mint(account.address);
  return account;
};
async function mint(to: Address): Promise<void> {
  const minter = createWalletClient({
    account: chain.payer,
    chain: anvil,
    transport: http(chain.url),
    pollingInterval: 20,
  });
  const { usdc } = chain.deployment;
  const hash = await minter.writeContract({
    address: usdc,
    abi: TOKEN_ABI,
    functionName: 'mint',
    args: [to, 10_000_000n],
  });
  await minter.extend(publicActions).waitForTransactionReceipt({ hash });
}
const usdcOf = (address: Address): Promise<bigint> =>
  createWalletClient({ chain: anvil, transport: http(chain.url) })
    .extend(publicActions)
    .readContract({ address: chain.deployment.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] });

/** The stock client, as its README has it. */
const paying = (signer: ConstructorParameters<typeof ExactEvmScheme>[0]): typeof fetch =>
  wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(signer) }],
    spendControls: {
      allowedAssets: [{ network: 'eip155:31337', asset: chain.deployment.usdc, maxAmountPerPayment: '5000000' }],
    },
  }) as typeof fetch;
const post = (path: string, body: unknown, headers: Record<string, string> = {}): [string, RequestInit] => [
  `${server.url}${path}`,
  { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) },
];
/** The header that pays what this request is offered for. */
async function paymentFor(path: string, body: object, payer: LocalAccount): Promise<string> {
  const offered = await fetch(...post(path, body));
  const { accepts } = JSON.parse(Buffer.from(offered.headers.get('payment-required')!, 'base64').toString());
  const signed = await new ExactEvmScheme(payer).createPaymentPayload(2, accepts[0]);
  return Buffer.from(JSON.stringify({ ...signed, accepted: accepts[0] })).toString('base64');
}
const end = (id: string, key: string): Promise<Response> => {
  const headers = { authorization: `Bearer ${key}` };
  return fetch(`${server.url}/v1/computepool/sessions/${id}`, { method: 'DELETE', headers });
};
const CHAT = { model: POOL, messages: [{ role: 'user', content: QUESTION }], max_tokens: 20 };

async function untilOver(id: string, key: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(`${server.url}/v1/computepool/sessions/${id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const said = await response.json();
    if (said.state === 'over') return said;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The session did not come to its end.');
}

describe.runIf(isThere)('with a chain', () => {
  test('without a payment a stranger is told what one answer may cost, by the field’s own header', async () => {
    const response = await fetch(...post('/v1/chat/completions', CHAT, { origin: 'https://shop.example' }));
    expect(response.status).toBe(402);
    expect(response.headers.get('access-control-expose-headers')).toMatch(/payment-required,payment-response/i);
    const required = JSON.parse(Buffer.from(response.headers.get('payment-required')!, 'base64').toString());
    expect(required).toMatchObject({ x402Version: 2, accepts: [{ scheme: 'exact', network: 'eip155:31337' }] });
    expect(await response.json()).toMatchObject({ error: { code: 'payment_required', type: 'payment_required' } });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('a commons pool asks a stranger for a login, and a wrong key is wrong', async () => {
    const commons = await fetch(...post('/v1/chat/completions', { ...CHAT, model: DEFAULT_MODEL.repo }));
    expect(commons.status).toBe(401);
    const wrong = await fetch(...post('/v1/chat/completions', CHAT, { authorization: 'Bearer cps_wrong' }));
    expect(wrong.status).toBe(401);
    const account = await fetch(...post('/v1/chat/completions', CHAT, { authorization: 'Bearer sk-wrong' }));
    expect(account.status).toBe(401);
  });

  test('stock @x402/fetch pays for one answer with one signature; its operator has its part, and the rest is back', async () => {
    const payer = await wallet();
    const response = await paying(payer)(...post('/v1/chat/completions', CHAT));
    expect(response.status).toBe(200);
    const said = await response.json();
    expect(said.choices[0].message.content).toContain('word9');
    expect(said.computepool.charged_usdc).toBe(String(ANSWER_USDC));
    const paid = decodePaymentResponseHeader(response.headers.get('payment-response')!);
    expect(paid).toMatchObject({ success: true, network: 'eip155:31337', payer: payer.address });
    const session = (await server.platform.payments!.read(response.headers.get('x-computepool-session')!))!;
    expect(session.kind).toBe('answer');
    await expect.poll(async () => (await server.platform.payments!.read(session.key))?.state).toBe('over');
    const log = await server.platform.payments!.logOf(session);
    expect(log.map(({ step, state }) => `${step} ${state}`)).toEqual(['fund mined', 'settle mined']);
    expect(log[0]!.hash).toBe(paid.transaction);
    const cost = 10_000_000n - (await usdcOf(payer.address));
    expect(cost).toBe(BigInt(ANSWER_USDC * 1e6) + session.quote.fee);
  });

  test('the official OpenAI client asks with a session key until it is ended, and what is left goes back', async () => {
    const payer = await wallet();
    const response = await paying(payer)(
      ...post('/v1/computepool/sessions', { model: POOL, dollars: 1, mode: 'ticks' }),
    );
    expect(response.status).toBe(201);
    const { id, key } = (await response.json()) as { id: string; key: string };
    const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 });
    const answer = await openai.chat.completions.create(CHAT as never);
    expect(answer.usage?.completion_tokens).toBe(ANSWER_TOKENS);
    const job = await fetch(`${server.url}/v1/computepool/jobs/${answer.id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const told = await job.json();
    expect([told.charged_usdc, told.charged_credits]).toEqual([String(ANSWER_USDC), undefined]);
    const stream = await openai.chat.completions.create({ ...(CHAT as object), stream: true } as never);
    let text = '';
    for await (const chunk of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>) {
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toContain('word9');
    const commons = openai.chat.completions.create({ ...(CHAT as object), model: DEFAULT_MODEL.repo } as never);
    await expect(commons).rejects.toThrow(/no tab|session key/i);
    await expect(openai.files.list()).rejects.toMatchObject({ status: 401 });
    const ended = await end(id, key);
    expect(ended.status).toBe(202);
    await expect(openai.chat.completions.create(CHAT as never)).rejects.toMatchObject({
      status: 402,
      code: 'deposit_spent',
    });
    const said = await untilOver(id, key);
    // Which of the two answers found the other's prompt cached is the network's business.
    expect(Number(said.earned_usdc)).toBeGreaterThanOrEqual(ANSWER_USDC);
    const cost = 10_000_000n - (await usdcOf(payer.address));
    expect(Number(cost) / 1e6).toBeCloseTo(Number(said.earned_usdc) + Number(said.fee_usdc), 6);
    const stranger = await fetch(`${server.url}/v1/computepool/sessions/${id}/log`, {
      headers: { authorization: 'Bearer cps_another' },
    });
    expect(stranger.status).toBe(404);
  });

  test('a session that streams pays by the second while its answer runs', async () => {
    const payer = await wallet();
    const response = await paying(payer)(
      ...post('/v1/computepool/sessions', { model: POOL, seconds: 60, mode: 'stream' }),
    );
    const { id, key, mode } = (await response.json()) as { id: string; key: string; mode: string };
    expect(mode).toBe('stream');
    tab.paceMs = 300;
    const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 });
    await openai.chat.completions.create(CHAT as never);
    tab.paceMs = 5;
    await end(id, key);
    const said = await untilOver(id, key);
    const log = await fetch(`${server.url}/v1/computepool/sessions/${id}/log`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { data } = (await log.json()) as { data: { step: string; state: string }[] };
    const steps = data.map(({ step }) => step);
    expect([steps[0], steps[1], steps.at(-1)]).toEqual(['fund', 'open', 'close']);
    const cost = 10_000_000n - (await usdcOf(payer.address));
    const rate = 20e-6 * 100 * 0.9;
    expect(Number(cost) / 1e6).toBeLessThanOrEqual(Number(said.earned_usdc) + Number(said.fee_usdc) + 6 * rate + 1e-6);
  });

  test('its log is read by its payer and by whose tabs served it, and by nobody else', async () => {
    const opened = await paying(await wallet())(...post('/v1/computepool/sessions', { model: POOL, dollars: 0.01 }));
    const { id, key } = (await opened.json()) as { id: string; key: string };
    const logFor = async (shown: string) => {
      const headers = { authorization: `Bearer ${shown}` };
      const log = await fetch(`${server.url}/v1/computepool/sessions/${id}/log`, { headers });
      return [log.status, ((await log.json()) as { data?: { step: string }[] }).data?.map(({ step }) => step)];
    };
    const { accounts } = server.platform;
    const [operator, other] = await Promise.all(
      ['operator', 'somebody'].map(async (name) => {
        const { id } = await accounts.register({ name, password: PASSWORD });
        return { id, key: (await accounts.createKey(id, 'log')).key };
      }),
    );
    await accounts.claimPeer(operator!.id, await signClaim(operator!.id, tab.identity));
    expect([(await logFor(key))[0], (await logFor(operator!.key))[0]]).toEqual([200, 404]);
    await new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key }).chat.completions.create(CHAT as never);
    await end(id, key);
    await untilOver(id, key);
    for (const shown of [key, operator!.key]) expect(await logFor(shown)).toEqual([200, ['fund', 'settle']]);
    expect(await logFor(other!.key)).toEqual([404, undefined]);
    // Whoever served it ends nothing of it.
    const ended = await end(id, operator!.key);
    expect(ended.status).toBe(404);
  });

  test('the same payment twice is one session, and gives its key to nobody who only saw it', async () => {
    const payer = await wallet();
    const asked = ['/v1/computepool/sessions', { model: POOL, dollars: 1, mode: 'ticks' }] as const;
    const payment = await paymentFor(...asked, payer);
    const send = (repeat?: string): Promise<Response> => {
      const headers = { 'payment-signature': payment, ...(repeat ? { 'idempotency-key': repeat } : {}) };
      return fetch(...post(...asked, headers));
    };
    const first = await send('mine alone');
    expect(first.status).toBe(201);
    const { id, key } = (await first.json()) as { id: string; key: string };
    const again = await send('mine alone');
    expect(await again.json()).toMatchObject({ id, key });
    expect((await send()).status).toBe(409);
    expect((await send('another one')).status).toBe(409);
    expect(await usdcOf(payer.address)).toBeLessThan(10_000_000n);
    await end(id, key);
    await untilOver(id, key);
    // Nothing was asked for: what it cost to have it is all that is gone.
    const { quote } = (await server.platform.payments!.read(id))!;
    expect(await usdcOf(payer.address)).toBe(10_000_000n - quote.fee);
  });

  test('a paid answer is given again to who sends payment and name again, also when all is over, and paid once', async () => {
    const payer = await wallet();
    const asked = { ...CHAT, stream: true };
    const payment = await paymentFor('/v1/chat/completions', asked, payer);
    const send = (repeat: string, body: object = asked): Promise<Response> => {
      const headers = { 'payment-signature': payment, 'idempotency-key': repeat };
      return fetch(...post('/v1/chat/completions', body, headers));
    };
    const first = await send('mine alone');
    await first.body!.cancel();
    const second = await send('mine alone');
    expect(second.headers.get('payment-response')).toBe(first.headers.get('payment-response'));
    const text = await second.text();
    expect(text).toContain('word9');
    const id = first.headers.get('x-computepool-session')!;
    await expect.poll(async () => (await server.platform.payments!.read(id))?.state).toBe('over');
    expect(await (await send('mine alone')).text()).toBe(text);
    expect((await send('mine alone', CHAT)).status).toBe(409);
    expect((await send('another one')).status).toBe(409);
    const { quote } = (await server.platform.payments!.read(id))!;
    expect(10_000_000n - (await usdcOf(payer.address))).toBe(BigInt(ANSWER_USDC * 1e6) + quote.fee);
  });

  test('a session’s answer is given again under its name, also when the session has ended, and earned once', async () => {
    const opened = await paying(await wallet())(...post('/v1/computepool/sessions', { model: POOL, dollars: 0.01 }));
    const { id, key } = (await opened.json()) as { id: string; key: string };
    const send = async (): Promise<string> => {
      const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'one' };
      return (await fetch(...post('/v1/chat/completions', CHAT, headers))).text();
    };
    const [first, second] = await Promise.all([send(), send()]);
    expect(first).toContain('word9');
    expect(second).toBe(first);
    await end(id, key);
    expect((await untilOver(id, key)).earned_usdc).toBe(String(ANSWER_USDC));
    expect(await send()).toBe(first);
  });

  test('a payment that is none, for less, or of somebody without the money is refused in the field’s words', async () => {
    const garbage = await fetch(...post('/v1/chat/completions', CHAT, { 'payment-signature': 'e30=' }));
    expect(garbage.status).toBe(402);
    expect((await garbage.json()).error.code).toBe('payment_rejected');
    expect(garbage.headers.get('payment-required')).toBeTruthy();
    const poor = privateKeyToAccount(generatePrivateKey());
    const refused = await paying(poor)(...post('/v1/chat/completions', CHAT));
    expect(refused.status).toBe(402);
    expect((await refused.json()).error.message).toMatch(/^The wallet has 0 USDC, and 0\.\d+ is asked for\./);
    const offered = await fetch(...post('/v1/chat/completions', { ...CHAT, max_tokens: 1 }));
    const { accepts } = JSON.parse(Buffer.from(offered.headers.get('payment-required')!, 'base64').toString());
    const payer = await wallet();
    const payment = await paymentFor('/v1/chat/completions', { ...CHAT, max_tokens: 1 }, payer);
    const less = await fetch(...post('/v1/chat/completions', CHAT, { 'payment-signature': payment }));
    expect(less.status).toBe(402);
    const changed = { ...accepts[0], amount: '1' };
    const cheap = await new ExactEvmScheme(payer).createPaymentPayload(2, changed);
    const cheaper = Buffer.from(JSON.stringify({ ...cheap, accepted: changed })).toString('base64');
    expect(
      (await fetch(...post('/v1/chat/completions', { ...CHAT, max_tokens: 1 }, { 'payment-signature': cheaper })))
        .status,
    ).toBe(402);
    expect(await usdcOf(payer.address)).toBe(10_000_000n);
  });

  test('a contract account (EIP-1271) pays as any other wallet does', async () => {
    const owner = privateKeyToAccount(generatePrivateKey());
    const address = await deployTestWallet(chain, owner.address);
    await mint(address);
    const signer = {
      address,
      signTypedData: async (data: Parameters<LocalAccount['signTypedData']>[0]): Promise<Hex> =>
        concatHex([await owner.signTypedData(data), `0x${'00'.repeat(32)}`]),
    } as ConstructorParameters<typeof ExactEvmScheme>[0];
    const response = await paying(signer)(...post('/v1/chat/completions', CHAT));
    expect(response.status).toBe(200);
    const key = response.headers.get('x-computepool-session')!;
    await expect.poll(async () => (await server.platform.payments!.read(key))?.state).toBe('over');
    const session = (await server.platform.payments!.read(key))!;
    expect(10_000_000n - (await usdcOf(address))).toBe(BigInt(ANSWER_USDC * 1e6) + session.quote.fee);
  });
});
