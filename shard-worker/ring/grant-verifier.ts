// Reads the grants that sessions are opened with, each token once. Says whether a grant covers what is asked; keeps no
// session.
import { PoolError } from '../../protocol/errors.ts';
import { type Grant, type OpenGrant, openGrant } from '../../protocol/grant.ts';
import { CLOCK_SKEW_SECONDS } from '../../protocol/limits.ts';
import type { TokenCheck } from '../words/token-check.ts';
import type { OpenSession } from './open-session.ts';

/** Verified grants that are remembered: one per choice and retry would be verified again otherwise. */
const MAX_REMEMBERED = 256;

export interface GrantVerifierOptions {
  trust: TokenCheck;
  pool: string;
}

export class GrantVerifier {
  readonly #options: GrantVerifierOptions;
  readonly #known = new Map<string, OpenGrant>();

  constructor(options: GrantVerifierOptions) {
    this.#options = options;
  }

  /** The grant of an OPEN frame. Throws `grant-refused`. */
  async read({ grant: token, driver }: OpenSession): Promise<OpenGrant> {
    if (token === undefined) throw new PoolError('grant-refused', 'A session was opened without a grant.');
    const known = this.#known.get(token);
    if (known && known.driver !== driver) throw new PoolError('grant-refused', 'The grant is another driver’s.');
    if (known) {
      this.checkTime(known);
      return known;
    }
    const { trust, pool } = this.#options;
    const nowSeconds = this.#nowSeconds();
    const grant = await openGrant(token, { publicKey: trust.orchestratorKey(), driver, pool, nowSeconds });
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= MAX_REMEMBERED) this.#known.delete(oldest);
    this.#known.set(token, grant);
    return grant;
  }

  /** Throws `grant-refused` once the grant has expired. */
  checkTime({ expires }: Grant): void {
    if (this.#nowSeconds() > expires + CLOCK_SKEW_SECONDS) {
      throw new PoolError('grant-refused', 'The grant has expired.');
    }
  }

  #nowSeconds(): number {
    return this.#options.trust.nowSeconds?.() ?? Date.now() / 1000;
  }
}

/** Throws `grant-refused` for rows that nobody holds credits for. */
export function checkReach({ maxPosition }: Grant, frame: { position: number; tokens: number }): void {
  if (frame.position + frame.tokens > maxPosition) {
    throw new PoolError('grant-refused', `The grant ends at position ${maxPosition}.`, { data: { maxPosition } });
  }
}
