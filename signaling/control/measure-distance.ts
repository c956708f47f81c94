// How far away a peer is, as the server itself times it: a ping of the WebSocket (RFC 6455, 5.5.2), which a browser answers beside its
// pages, so that a busy tab is no distant one. A peer can make itself look far, never near: it must have seen the ping.
import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/** After the first, which is at once: what was measured while a tab opened is soon put right. */
const FIRST_PINGS_MS = [200, 700, 2_000];
const NONCE_BYTES = 8;
/** Pings that are not answered yet; older ones are given up. */
const MAX_UNDER_WAY = 8;

export class DistanceMeter {
  readonly #socket: Pick<WebSocket, 'ping' | 'on' | 'readyState' | 'OPEN'>;
  readonly #sent = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[];

  /** Pings at once and a few times more, then whenever it is asked to. */
  constructor(socket: Pick<WebSocket, 'ping' | 'on' | 'readyState' | 'OPEN'>, onMeasured: (ms: number) => void) {
    this.#socket = socket;
    socket.on('pong', (data: Buffer) => {
      const sentMs = this.#sent.get(data.toString('latin1'));
      if (sentMs === undefined) return;
      this.#sent.delete(data.toString('latin1'));
      onMeasured(performance.now() - sentMs);
    });
    this.ping();
    this.#timers = FIRST_PINGS_MS.map((ms) => setTimeout(() => this.ping(), ms));
  }

  ping(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const nonce = randomBytes(NONCE_BYTES);
    this.#sent.set(nonce.toString('latin1'), performance.now());
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > MAX_UNDER_WAY && oldest !== undefined) this.#sent.delete(oldest);
    this.#socket.ping(nonce);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
