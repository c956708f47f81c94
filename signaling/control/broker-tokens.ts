// What lets a peer into the connection broker: a token that only who holds the peer's control socket was told. Kept by nobody:
// it is computed from the id.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PeerId } from '../../protocol/ids.ts';

export class BrokerTokens {
  readonly #key = randomBytes(32);

  /** 64 hex characters. */
  of(id: PeerId | string): string {
    return createHmac('sha256', this.#key).update(id).digest('hex');
  }

  /** Takes as long for a wrong token as for a right one. */
  isOf(id: string, token: string): boolean {
    const expected = Buffer.from(this.of(id));
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
