// A program pays a market pool with the stock x402 client: one signature for each payment, no account, no gas.
//
//   PAYER_KEY=0x… node examples/pay-from-node/pay.mjs http://localhost:8080 "What is a shard?"
//
// PAYER_KEY is of a wallet with USDC on the pool's chain, and stays on this machine. MOST_USDC is the most that one payment may be.
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { privateKeyToAccount } from 'viem/accounts';

const [site = 'http://localhost:8080', question = 'What is a shard?'] = process.argv.slice(2);
const { MOST_USDC = '1' } = process.env;
const key = /** @type {`0x${string}` | undefined} */ (process.env.PAYER_KEY);
if (!key) throw new Error('Set PAYER_KEY: 0x and 64 digits, of a wallet with some USDC.');

// Which market there is, and what it is paid in.
const { data: markets } = await (await fetch(`${site}/v1/computepool/markets`)).json();
const [market] = markets ?? [];
if (!market) throw new Error(`${site} has no market pool.`);

const wallet = privateKeyToAccount(key);
const network = /** @type {const} */ (`eip155:${market.chain_id}`);
const pay = wrapFetchWithPaymentFromConfig(fetch, {
  schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(wallet) }],
  // Stock clients pay nothing that they were not told of: this token on this chain, and so much of it.
  spendControls: {
    allowedAssets: [{ network, asset: market.usdc, maxAmountPerPayment: String(Math.round(Number(MOST_USDC) * 1e6)) }],
  },
});
/** @type {(path: string, body: object, headers?: Record<string, string>) => [string, RequestInit]} */
const post = (path, body, headers = {}) => [
  `${site}${path}`,
  { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) },
];

// One answer for one payment.
const messages = [{ role: 'user', content: question }];
const answer = await pay(...post('/v1/chat/completions', { model: market.pool, messages, max_tokens: 60 }));
const said = await answer.json();
if (!answer.ok) throw new Error(`It was not answered: ${JSON.stringify(said)}`);
const { transaction } = decodePaymentResponseHeader(answer.headers.get('payment-response') ?? '');
console.log(`${said.choices[0].message.content}\n`);
console.log(`Cost ${answer.headers.get('x-computepool-cost')}; paid in ${transaction}, and what is left goes back.`);

// A session: one payment, as many answers as it carries, and what is left goes back at its end.
const opened = await pay(...post('/v1/computepool/sessions', { model: market.pool, dollars: Number(MOST_USDC) / 4 }));
const session = await opened.json();
if (!opened.ok) throw new Error(`No session was opened: ${JSON.stringify(session)}`);
const headers = { authorization: `Bearer ${session.key}` };
for (const content of [question, 'And what is a lap?']) {
  const body = { model: market.pool, messages: [{ role: 'user', content }], max_tokens: 60 };
  const told = await (await fetch(...post('/v1/chat/completions', body, headers))).json();
  console.log(`> ${content}\n${told.choices[0].message.content}\n`);
}
const url = `${site}/v1/computepool/sessions/${session.id}`;
await fetch(url, { method: 'DELETE', headers });
let ended = session;
while (ended.state !== 'over' || ended.refunded_usdc === null) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  ended = await (await fetch(url, { headers })).json();
}
console.log(`Of ${ended.deposit_usdc} USDC ${ended.refunded_usdc} came back in ${ended.refund_transaction}.`);
