// A page of any site pays a market pool of another one with the wallet of its visitor and the stock x402 client. Bundle it with what you
// like: npx esbuild examples/pay-from-page/pay.ts --bundle --format=esm --outfile=examples/pay-from-page/pay.js
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { createWalletClient, custom, type EIP1193Provider, type TypedDataDefinition } from 'viem';

interface Market {
  pool: string;
  chain_id: number;
  usdc: `0x${string}`;
}

/** Wallets announce themselves (EIP-6963); here the first one is taken. */
function findWallet(): Promise<EIP1193Provider> {
  return new Promise((resolve) => {
    window.addEventListener('eip6963:announceProvider', (event) =>
      resolve((event as CustomEvent<{ provider: EIP1193Provider }>).detail.provider),
    );
    window.dispatchEvent(new Event('eip6963:requestProvider'));
  });
}

/** Asks `question` of the market pool of `site`, for at most `mostUsdc`. */
async function askAndPay(site: string, question: string, mostUsdc: number): Promise<{ text: string; cost: string }> {
  const { data } = (await (await fetch(`${site}/v1/computepool/markets`)).json()) as { data: Market[] };
  const [market] = data;
  if (!market) throw new Error(`${site} has no market pool.`);
  const transport = custom(await findWallet());
  const [address] = await createWalletClient({ transport }).requestAddresses();
  if (!address) throw new Error('The wallet shows no account.');
  const wallet = createWalletClient({ account: address, transport });
  await wallet.switchChain({ id: market.chain_id });
  const signer = {
    address,
    signTypedData: (typedData: Record<string, unknown>) =>
      wallet.signTypedData(typedData as unknown as TypedDataDefinition & { account: `0x${string}` }),
  };
  const pay = wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [
      { network: 'eip155:*', client: new ExactEvmScheme(signer as ConstructorParameters<typeof ExactEvmScheme>[0]) },
    ],
    spendControls: {
      allowedAssets: [
        {
          ...{ network: `eip155:${market.chain_id}`, asset: market.usdc },
          maxAmountPerPayment: String(Math.round(mostUsdc * 1e6)),
        },
      ],
    },
  });
  const answer = await pay(`${site}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: market.pool, messages: [{ role: 'user', content: question }], max_tokens: 60 }),
  });
  const said = (await answer.json()) as { choices: { message: { content: string } }[]; error?: { message: string } };
  if (!answer.ok) throw new Error(said.error?.message ?? `Status ${answer.status}`);
  return { text: said.choices[0]!.message.content, cost: answer.headers.get('x-computepool-cost') ?? '' };
}

const form = document.querySelector('form')!;
const output = document.querySelector('output')!;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { site, question } = Object.fromEntries(new FormData(form)) as Record<'site' | 'question', string>;
  output.value = 'One moment.';
  askAndPay(site, question, 1).then(
    ({ text, cost }) => {
      output.value = `${text}\n\nCost: ${cost}`;
    },
    (thrown: unknown) => {
      output.value = `It failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    },
  );
});
