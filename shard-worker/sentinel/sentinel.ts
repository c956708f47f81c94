// The pulses of all links of a tab, on one clock. Does no other work, so that it answers whatever page and worker are at. Blames
// nobody for its own late clock.
import type { MessageChannelLike } from '../links/message-channel.ts';
import { Pulse, type PulseState } from './pulse.ts';
import type { SentinelEvents } from './sentinel-api.ts';

/** Pace of pings. */
export const TICK_MS = 250;
/** A tick that comes so late says that this tab did not run: counts begin anew. */
const OWN_GAP_MS = 2 * TICK_MS;
/** As many as a tab has connections. */
const MAX_WATCHED = 256;

interface Watched {
  pulse: Pulse;
  channel: MessageChannelLike;
  told: PulseState;
}

export class Sentinel {
  readonly #watched = new Map<number, Watched>();
  readonly #tell: (pulse: SentinelEvents['pulse']) => void;
  readonly #now: () => number;
  #tickedMs: number;

  constructor(tell: (pulse: SentinelEvents['pulse']) => void, now: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
    this.#tickedMs = now();
  }

  watch(id: number, channel: MessageChannelLike): void {
    if (this.#watched.size >= MAX_WATCHED) {
      channel.close();
      return;
    }
    const send = (message: Uint8Array<ArrayBuffer>): void => {
      try {
        channel.send(message);
      } catch {
        // It is closing: its link is told as broken by who owns it.
      }
    };
    const watched: Watched = { pulse: new Pulse(send, this.#now()), channel, told: 'alive' };
    this.#watched.set(id, watched);
    channel.onMessage((message) => {
      watched.pulse.hear(message, this.#now());
      this.#report(id, watched);
    });
    channel.onClose(() => this.unwatch(id));
  }

  unwatch(id: number): void {
    const watched = this.#watched.get(id);
    this.#watched.delete(id);
    watched?.channel.close();
  }

  /** To be called each `TICK_MS`. */
  tick(): void {
    const nowMs = this.#now();
    const hasSlept = nowMs - this.#tickedMs > OWN_GAP_MS;
    this.#tickedMs = nowMs;
    for (const [id, watched] of this.#watched) {
      if (hasSlept) watched.pulse.forgive(nowMs);
      watched.pulse.tick(nowMs);
      this.#report(id, watched);
    }
  }

  /** Changes alone. */
  #report(id: number, watched: Watched): void {
    const { pulse, told } = watched;
    if (pulse.state === told) return;
    watched.told = pulse.state;
    this.#tell({ id, state: pulse.state, silentMs: Math.round(pulse.silentMs(this.#now())) });
  }
}
