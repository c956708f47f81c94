// People with an account, a login and an API key, made over HTTP as anybody makes them.
import { askHttp } from './ask-http.ts';

export interface Persona {
  /** Headers of a page of this site on which it is logged in. */
  asPage: Record<string, string>;
  /** Headers of a program with its key. */
  asProgram: Record<string, string>;
}

const PASSWORD = 'correct horse battery';
let made = 0;

/** `localAddress` counts against what one address may register. */
export async function newPersona(url: string, localAddress: string): Promise<Persona> {
  made += 1;
  const name = `p${process.pid}-${made}`;
  const json = { 'content-type': 'application/json' };
  const page = { origin: url, ...json };
  const registered = await askHttp({
    ...{ method: 'POST', url: `${url}/api/account`, headers: page, localAddress },
    body: JSON.stringify({ name, password: PASSWORD }),
  });
  if (registered.status >= 300) throw new Error(`No account could be made: ${registered.status} ${registered.text}`);
  const cookie = String(registered.headers['set-cookie']).split(';')[0] ?? '';
  const asPage = { ...page, cookie };
  const answer = await askHttp({
    ...{ method: 'POST', url: `${url}/api/account/keys`, headers: asPage, localAddress, body: '{"label":"x"}' },
  });
  const { key } = JSON.parse(answer.text) as { key?: string };
  if (key === undefined) throw new Error(`No key could be made: ${answer.status} ${answer.text}`);
  return { asPage, asProgram: { authorization: `Bearer ${key}`, ...json } };
}

/** Hashing a password is slow on purpose: new people are made one at a time. */
const RENEW_MS = 4000;

/** Those in whose name is asked: some whose login is safe, and one that is asked to end its own. */
export class People {
  readonly #url: string;
  readonly #address: () => string;
  readonly #safe: Persona[];
  #fragile: Persona;
  #renewedAtMs = 0;

  private constructor(url: string, address: () => string, [fragile, ...safe]: [Persona, ...Persona[]]) {
    this.#url = url;
    this.#address = address;
    this.#fragile = fragile;
    this.#safe = safe;
  }

  static async gather(url: string, address: () => string): Promise<People> {
    const [first, second, third] = [
      await newPersona(url, address()),
      await newPersona(url, address()),
      await newPersona(url, address()),
    ];
    return new People(url, address, [first, second, third]);
  }

  /** Picks among those who stay, by this number; or the one that may end itself. */
  get(isFragile: boolean, at: number): Persona {
    return isFragile ? this.#fragile : this.#safe[at % this.#safe.length]!;
  }

  /** It was logged out, or has no credits: another takes its place before long. */
  async replace(spent: Persona): Promise<void> {
    if (performance.now() - this.#renewedAtMs < RENEW_MS) return;
    this.#renewedAtMs = performance.now();
    const fresh = await newPersona(this.#url, this.#address()).catch(() => undefined);
    if (!fresh) return;
    if (this.#fragile === spent) this.#fragile = fresh;
    const at = this.#safe.indexOf(spent);
    if (at >= 0) this.#safe[at] = fresh;
  }
}
