// The payer: a wallet, the stock x402 client, and the official OpenAI client with the key that the payment gave.
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import OpenAI from 'openai';
import type { Address, LocalAccount } from 'viem';

export interface PaidKey {
  id: `0x${string}`;
  key: string;
  mode: string;
  reason: string;
  deposit: string;
  fee: string;
}

export class Payer {
  readonly #url: string;
  readonly #fetch: typeof fetch;

  constructor(url: string, wallet: LocalAccount, usdc: Address, network: `eip155:${number}`) {
    this.#url = url;
    this.#fetch = wrapFetchWithPaymentFromConfig(fetch, {
      schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(wallet) }],
      spendControls: { allowedAssets: [{ network, asset: usdc, maxAmountPerPayment: '100000000' }] },
    }) as typeof fetch;
  }

  /** Answers 402, is paid with one signature, and gives a key. */
  async openSession(body: { model: string; seconds?: number; dollars?: number; mode?: string }): Promise<PaidKey> {
    const response = await this.#fetch(`${this.#url}/v1/computepool/sessions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    const said = await response.json();
    if (response.status !== 201) throw new Error(`The session was not opened: ${JSON.stringify(said)}`);
    const { id, key, mode, reason, deposit_usdc: deposit, fee_usdc: fee } = said;
    return { id, key, mode, reason, deposit, fee };
  }

  /** One answer for one payment, without a key. */
  async payForAnswer(body: Record<string, unknown>): Promise<{ session: `0x${string}`; text: string; cost: string }> {
    const response = await this.#fetch(`${this.#url}/v1/chat/completions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    const said = await response.json();
    if (response.status !== 200) throw new Error(`The answer was not paid for: ${JSON.stringify(said)}`);
    return {
      session: response.headers.get('x-computepool-session') as `0x${string}`,
      text: said.choices[0].message.content,
      cost: response.headers.get('x-computepool-cost') ?? '',
    };
  }

  async *ask({ key }: PaidKey, model: string, content: string, maxTokens: number): AsyncGenerator<string> {
    const openai = new OpenAI({ baseURL: `${this.#url}/v1`, apiKey: key, maxRetries: 0 });
    const stream = await openai.chat.completions.create({
      ...{ model, messages: [{ role: 'user', content }], stream: true, max_tokens: maxTokens, temperature: 0 },
    });
    for await (const { choices } of stream) yield choices[0]?.delta.content ?? '';
  }

  async read({ id, key }: Pick<PaidKey, 'id' | 'key'>): Promise<Record<string, unknown>> {
    return this.#call('GET', `/v1/computepool/sessions/${id}`, key);
  }

  async log({ id, key }: Pick<PaidKey, 'id' | 'key'>): Promise<Record<string, unknown>> {
    return this.#call('GET', `/v1/computepool/sessions/${id}/log`, key);
  }

  async end({ id, key }: PaidKey): Promise<void> {
    await this.#call('DELETE', `/v1/computepool/sessions/${id}`, key);
  }

  async #call(method: string, path: string, key: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#url}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
    const said = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
    return said;
  }
}
