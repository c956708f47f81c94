// What the server is to a coalition, within one page: it says who may speak to whom, and who may run a job. Its key is made for this
// page, trusted by the workers of this page alone, and gone with it.
import type { Grant } from '../../protocol/grant.ts';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import { GRANT_SECONDS } from '../../protocol/limits.ts';
import { signToken } from '../../protocol/signed-token.ts';
import type { Ticket } from '../../protocol/ticket.ts';

/** The one coalition that it ever forms. */
export const PAGE_EPOCH = 1;
/** A page that is left open for longer forms its ring anew. */
const TICKET_SECONDS = 24 * 3600;

export class PageServer {
  readonly #identity: Identity;
  readonly #pool: PoolId;
  readonly #layers: number;

  private constructor(identity: Identity, pool: PoolId, layers: number) {
    this.#identity = identity;
    this.#pool = pool;
    this.#layers = layers;
  }

  static async start(pool: PoolId, layers: number): Promise<PageServer> {
    return new PageServer(await identityOf(await newIdentityKeys()), pool, layers);
  }

  /** What workers are told to believe it. */
  get trust(): { orchestratorKey: string; nowSeconds: number } {
    return { orchestratorKey: this.#identity.publicKey, nowSeconds: now() };
  }

  /** For the holder of layers `[start, end)`; without layers, for who asks. */
  ticket(peer: PeerId, layers?: { start: number; end: number }): Promise<string> {
    const { start, end } = layers ?? { start: 0, end: 0 };
    const ticket: Ticket = {
      ...{ pool: this.#pool, epoch: PAGE_EPOCH, peer, role: layers ? 'stage' : 'driver', start, end },
      ...{ layers: this.#layers, expires: now() + TICKET_SECONDS },
    };
    return signToken('ticket', ticket, this.#identity.privateKey);
  }

  /** For one answer: nobody pays for it, and its length is bounded all the same. */
  grant(driver: PeerId, { promptTokens, maxPosition }: Pick<Grant, 'promptTokens' | 'maxPosition'>): Promise<string> {
    const grant: Grant = {
      ...{ job: randomHex() as JobId, nonce: randomHex(), pool: this.#pool, driver, sessions: 1, own: [] },
      ...{ promptTokens, maxPosition, expires: now() + GRANT_SECONDS },
    };
    return signToken('grant', grant, this.#identity.privateKey);
  }
}

const now = (): number => Math.floor(Date.now() / 1000);

/** 128 bits, as ids of jobs and nonces have. */
const randomHex = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
