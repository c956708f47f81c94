// What passed for one job in one session at one stage: frames, positions, time, and the two hash chains of its receipt.
// Digests run behind the frames and never hold one up. Knows no grant and no settlement.
import { fromHex, toHex } from '../../protocol/hex.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import { chainNextBytes, chainStart, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';

/** What every receipt of the meter says. */
export interface MeterAbout {
  server: PeerId;
  job: JobId;
  nonce: string;
  session: SessionId;
  pool: string;
  epoch: number;
  peer: PeerId;
  /** Layers `[start, end)`. */
  start: number;
  end: number;
}

/** What is hashed of a frame. Its payload must not be written to afterwards: it is read when its turn comes. */
export interface MeteredFrame {
  position: number;
  tokens: number;
  payload: Uint8Array;
}

export class JobMeter {
  readonly about: MeterAbout;
  /** Rows that came in, those computed again counted each time. */
  rows = 0;
  #frames = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = 0;
  #lastFrom = 0;
  #computeMs = 0;
  #in: Promise<Uint8Array>;
  #out: Promise<Uint8Array>;

  constructor(about: MeterAbout) {
    this.about = about;
    this.#in = chainStart(about).then(fromHex);
    this.#out = this.#in;
  }

  /** Frames that came in and went out. */
  get frames(): number {
    return this.#frames;
  }

  /** A frame and the answer to it, once that is sent. In order. */
  count(frame: MeteredFrame, answer: MeteredFrame, computeMs = 0): void {
    this.#in = append(this.#in, frame);
    this.#out = append(this.#out, answer);
    this.#frames++;
    this.rows += frame.tokens;
    this.#computeMs += computeMs;
    this.#from = Math.min(this.#from, frame.position);
    this.#to = Math.max(this.#to, frame.position + frame.tokens);
    this.#lastFrom = Math.max(this.#lastFrom, frame.position);
  }

  /** Rows of a stage that was lost: work that no receipt shows, but bounded as any. */
  countReplay(rows: number): void {
    this.rows += rows;
  }

  /** As of now, signed; undefined when nothing was counted. */
  async receipt(identity: Identity): Promise<SignedReceipt | undefined> {
    if (this.#frames === 0) return undefined;
    // Taken before any wait: frames that follow are not in it.
    const sums = { frames: this.#frames, from: this.#from, to: this.#to, lastFrom: this.#lastFrom };
    const computeMs = Math.round(this.#computeMs * 1000) / 1000;
    const [chainIn, chainOut] = (await Promise.all([this.#in, this.#out])).map(toHex) as [string, string];
    return signReceipt(identity, { ...this.about, ...sums, computeMs, chainIn, chainOut });
  }
}

/** Each value waits for the one before it, so order is kept whatever a digest takes. */
function append(chain: Promise<Uint8Array>, { position, tokens, payload }: MeteredFrame): Promise<Uint8Array> {
  const next = chain.then((previous) => chainNextBytes(previous, { position, rows: tokens, payload }));
  // A digest that fails makes no receipt; whoever asks for one hears of it.
  next.catch(() => {});
  return next;
}
