// Prices that were told and hold for a while: whoever asked may send the quote along with its request. Kept by nobody: a quote
// says itself what it promises, and only this process can have written it.
import { createHmac, randomBytes } from 'node:crypto';
import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { isSameSecret } from '../http/is-same-secret.ts';

/** Long enough to read an offer and to press a key. */
const QUOTE_SECONDS = 5 * 60;

interface Claims extends Price {
  pool: PoolId;
  /** Seconds since 1970. */
  expires: number;
}

export interface PriceQuote {
  quote: string;
  expiresAt: Date;
}

export class PriceQuotes {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  /** @param now milliseconds since 1970, for tests. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  make(pool: PoolId, { promptMicros, completionMicros }: Price): PriceQuote {
    const expires = Math.floor(this.#now() / 1000) + QUOTE_SECONDS;
    const claims: Claims = { pool, promptMicros, completionMicros, expires };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { quote: `${body}.${this.#sign(body)}`, expiresAt: new Date(expires * 1000) };
  }

  /** The price that it promises, and until when. Throws `conflict` for one that is over, another pool's, or not of this server. */
  open(quote: string, pool: PoolId): { price: Price; expiresAt: Date } {
    const [body = '', signature = '', ...more] = quote.split('.');
    if (more.length > 0 || !isSameSecret(signature, this.#sign(body))) throw refused('is not of this server');
    // Signed by this process: it is what `make` wrote.
    const claims: Claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (claims.pool !== pool) throw refused('is for another pool');
    if (claims.expires * 1000 <= this.#now()) throw refused('has expired');
    const { promptMicros, completionMicros, expires } = claims;
    return { price: { promptMicros, completionMicros }, expiresAt: new Date(expires * 1000) };
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url');
  }
}

const refused = (why: string): PoolError =>
  new PoolError('conflict', `The quote ${why}. Ask for a new one (dry_run).`, { data: { param: 'quote' } });
