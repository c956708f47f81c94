// Writes tickets: who a peer is in an epoch, by the roster's word, signed with the server's key. Remembers what it wrote so
// that a change that is told many times is signed once.
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { DRIVER_TICKET_SECONDS, STAGE_TICKET_SECONDS } from '../../protocol/limits.ts';
import type { SignText } from '../../protocol/signed-token.ts';
import { sealTicket } from '../../protocol/ticket.ts';

/** Tickets remembered; the oldest go first and are signed again when asked for. */
const MAX_REMEMBERED = 20_000;

export class TicketIssuer {
  readonly #sign: SignText;
  readonly #nowSeconds: () => number;
  /** By epoch and peer; each with the second from which a new one is written. */
  readonly #written = new Map<string, { token: string; renewAt: number }>();

  constructor(sign: SignText, nowSeconds: () => number = () => Math.floor(Date.now() / 1000)) {
    this.#sign = sign;
    this.#nowSeconds = nowSeconds;
  }

  /** This peer's ticket for a coalition: of its seat if it has one, else a driver's. Good for at least half its time. */
  ticketFor(peer: PeerId, coalition: Coalition): string {
    const { pool, epoch, seats } = coalition;
    const key = `${pool}/${epoch}/${peer}`;
    const now = this.#nowSeconds();
    const known = this.#written.get(key);
    if (known && now < known.renewAt) return known.token;
    const seat = seats.find((one) => one.peer === peer);
    const seconds = seat ? STAGE_TICKET_SECONDS : DRIVER_TICKET_SECONDS;
    const token = sealTicket(
      {
        pool,
        epoch,
        peer,
        role: seat ? 'stage' : 'driver',
        start: seat?.start ?? 0,
        end: seat?.end ?? 0,
        layers: seats.at(-1)?.end ?? 1,
        expires: now + seconds,
      },
      this.#sign,
    );
    this.#written.delete(key);
    this.#written.set(key, { token, renewAt: now + seconds / 2 });
    const [oldest] = this.#written.keys();
    if (this.#written.size > MAX_REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
    return token;
  }
}
