// An account on a site and the official client with a key of it, as a person makes them.
import OpenAI from 'openai';

export interface ApiAccount {
  id: string;
  client: OpenAI;
  /** Requests with the account's key, below /v1. */
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
  const opened = await send('/api/account', entry);
  const { id } = (await opened.json()) as { id: string };
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { key } = (await (await send('/api/account/keys', { label: 'test' }, cookie)).json()) as { key: string };
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${siteUrl}${path}`, { headers: { Authorization: `Bearer ${key}` } })).json();
  return {
    id,
    client: new OpenAI({ apiKey: key, baseURL: `${siteUrl}/v1`, maxRetries: 0, timeout: 60_000 }),
    get,
    async availableMicros() {
      const usage = (await get('/v1/computepool/usage')) as { available: { micros: number } };
      return usage.available.micros;
    },
  };
}
