// An account on a site and the official client with a key of it, as a person makes them.
import OpenAI from 'openai';

export interface ApiAccount {
  client: OpenAI;
  /** Requests with the account's key. */
  get(path: string): Promise<unknown>;
  availableMicros(): Promise<number>;
}

export async function openAccount(siteUrl: string, name: string): Promise<ApiAccount> {
  const send = (path: string, body: unknown, cookie = ''): Promise<Response> =>
    fetch(`${siteUrl}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: siteUrl, Cookie: cookie },
      body: JSON.stringify(body),
    });
  const entry = { name, password: 'a long enough password' };
  await send('/api/account', entry);
  const cookie = (await send('/api/account/login', entry)).headers.get('set-cookie')?.split(';')[0] ?? '';
  const { key } = (await (await send('/api/account/keys', { label: 'test' }, cookie)).json()) as { key: string };
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${siteUrl}${path}`, { headers: { Authorization: `Bearer ${key}` } })).json();
  return {
    client: new OpenAI({ apiKey: key, baseURL: `${siteUrl}/v1`, maxRetries: 0, timeout: 60_000 }),
    get,
    async availableMicros() {
      const account = (await get('/api/account')) as { balance: { available: { micros: number } } };
      return account.balance.available.micros;
    },
  };
}
