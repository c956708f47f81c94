// What lets a peer into the connection broker: a token that only who holds the peer's control socket was told. Kept by nobody:
// it is computed from the id.
import { createHmac, randomBytes } from 'node:crypto';
import { isSameSecret } from '../http/is-same-secret.ts';

export class BrokerTokens {
  readonly #key = randomBytes(32);

  /** 64 hex characters. */
  of(id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('hex');
  }

  /** Takes as long for a wrong token as for a right one. */
  isOf(id: string, token: string): boolean {
    return isSameSecret(token, this.of(id));
  }
}
