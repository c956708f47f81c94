// What passed for one job in one session, seen by one peer: frames, positions, time, and the two hash chains of its
// receipt. Digests run behind the frames and never hold one up. Knows no grant and no settlement.
import { fromHex, toHex } from '../../protocol/hex.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import { RECEIPT_WINDOW_FRAMES } from '../../protocol/limits.ts';
import { chainNextBytes, chainStart, type Receipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';

/** What every receipt of the meter says. */
export interface MeterAbout {
  role: Receipt['role'];
  job: JobId;
  nonce: string;
  session: SessionId;
  pool: string;
  epoch: number;
  peer: PeerId;
  /** Layers `[start, end)`; of a driver all of them. */
  start: number;
  end: number;
}

/** What is hashed of a frame. Its payload must not be written to afterwards: it is read when its turn comes. */
export interface MeteredFrame {
  position: number;
  tokens: number;
  payload: Uint8Array;
}

/** Sums after so many frames. */
interface Mark {
  from: number;
  to: number;
  computeMs: number;
}

export class JobMeter {
  readonly about: MeterAbout;
  /** Rows that came in, those computed again counted each time. */
  rows = 0;
  readonly #in: Chain;
  readonly #out: Chain;
  /** By frame count, as far as receipts can still be given; those behind `frames` wait for their way out. */
  readonly #marks = new Map<number, Mark>();
  #last: Mark = { from: Number.POSITIVE_INFINITY, to: 0, computeMs: 0 };

  constructor(about: MeterAbout) {
    this.about = about;
    const start = chainStart(about).then(fromHex);
    this.#in = new Chain(start);
    this.#out = new Chain(start);
  }

  /** Frames that came in and went out. */
  get frames(): number {
    return this.#out.count;
  }

  /** A stage counts a frame when its answer is there; a driver when it has sent it. In order. */
  countIn(frame: MeteredFrame): void {
    this.#in.add(frame);
    this.rows += frame.tokens;
    const { from, to, computeMs } = this.#last;
    this.#last = {
      from: Math.min(from, frame.position),
      to: Math.max(to, frame.position + frame.tokens),
      computeMs,
    };
    this.#marks.set(this.#in.count, this.#last);
  }

  /** The answer to the oldest frame that has none yet. */
  countOut(frame: MeteredFrame, computeMs = 0): void {
    if (this.#out.count >= this.#in.count) return; // Nobody asked for it: it is not part of what was agreed.
    const before = this.#marks.get(this.#out.count)?.computeMs ?? 0;
    this.#out.add(frame);
    const mark = this.#marks.get(this.#out.count)!;
    mark.computeMs = before + computeMs;
    const oldest = this.#out.count - RECEIPT_WINDOW_FRAMES;
    for (const past of [this.#marks, this.#in.values, this.#out.values]) past.delete(oldest);
  }

  /** Signed at `frames` if that is still held, else at the latest; undefined when nothing was counted. */
  async receipt(identity: Identity, frames = this.frames): Promise<SignedReceipt | undefined> {
    const at = frames <= this.frames && this.#marks.has(frames) ? frames : this.frames;
    const mark = this.#marks.get(at);
    if (!mark) return undefined;
    // Taken before any wait: frames that follow may push these out.
    const chains = Promise.all([this.#in.values.get(at)!, this.#out.values.get(at)!]);
    const { role, job, nonce, session, pool, epoch, peer, start, end } = this.about;
    const { from, to } = mark;
    const computeMs = Math.round(mark.computeMs * 1000) / 1000;
    const [chainIn, chainOut] = (await chains).map(toHex) as [string, string];
    const claims = { role, job, nonce, session, pool, epoch, peer, start, end, frames: at, from, to, computeMs };
    return signReceipt(identity, { ...claims, chainIn, chainOut });
  }
}

/** One direction: each value waits for the one before it, so order is kept whatever a digest takes. */
class Chain {
  count = 0;
  readonly values = new Map<number, Promise<Uint8Array>>();
  #tail: Promise<Uint8Array>;

  constructor(start: Promise<Uint8Array>) {
    this.#tail = start;
  }

  add({ position, tokens, payload }: MeteredFrame): void {
    this.#tail = this.#tail.then((previous) => chainNextBytes(previous, { position, rows: tokens, payload }));
    // A digest that fails makes no receipt; whoever asks for one hears of it.
    this.#tail.catch(() => {});
    this.count++;
    this.values.set(this.count, this.#tail);
  }
}
