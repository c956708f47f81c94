// A driver's view of one epoch whose loops run at the entry: asks there, and hears of each of its sessions what the entry feeds and
// what the exit samples. Owns no token history and no waits.
import type { SignedDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame, type TraceEntry } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { LOOP_AHEAD_TOKENS, MAX_STEP_TOKENS } from '../../protocol/limits.ts';
import type { Link } from '../links/link.ts';
import { type LoopTerms, packJson } from '../ring/open-session.ts';
import { type ResultRow, unpackResultRows } from '../ring/result-rows.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { type LoopDone, packAck, readBegun, readDone, readFailed } from './loop-words.ts';
import type { SessionTerms } from './ring-client.ts';
import { RingEnds, type RingEndsOptions } from './ring-ends.ts';
import type { FedLap } from './token-log.ts';

/** Results of sessions that the entry has not told of yet: it may be the slower one. */
const MAX_EARLY_RESULTS = 64;

/** What a loop's driver is told of a turn, the entry's words in their order, from the one on that begins it. */
export interface LoopHandlers {
  /** By the entry's word: what came while the driver was away, out of that epoch. */
  onMissed(position: number, rows: ResultRow[], epoch: number): void;
  /** Laps behind this one are told by both. */
  onBegun(lap: number): void;
  onFed(lap: FedLap): void;
  onSampled(lap: number, rows: ResultRow[], trace: TraceEntry[]): void;
  /** All before `position` are the answer. */
  onDone(done: LoopDone, position: number): void;
  /** The entry, or the ring's end, says that it failed. */
  onError(error: PoolError): void;
  /** One of the others threw this. */
  onFault(fault: PoolError): void;
}

export interface LoopOrder extends SessionTerms, Omit<LoopTerms, 'ahead'> {
  /** Token ids of the prompt, and of the answer as far as it is known. */
  ids: readonly number[];
}

interface Turn {
  number: number;
  handlers: LoopHandlers;
  /** The loop's session in the ring, once it was told. */
  own?: SessionId;
}

export class LoopRing extends RingEnds {
  /** What is listened to of each loop. */
  readonly #turns = new Map<SessionId, Turn>();
  readonly #early: Frame[] = [];

  constructor(ends: RingEndsOptions) {
    super(ends);
    this.listen();
  }

  /** Asks for an answer, or for the rest of one that runs. Throws when the ring has ended. */
  ask(
    session: SessionId,
    { ids, maxTokens, eosIds, drafter, turn, isFresh, delivery, ...terms }: LoopOrder,
    handlers: LoopHandlers,
  ): void {
    this.#turns.set(session, { number: turn, handlers });
    const { sampling, jobGrant, logprobs, codec } = terms;
    const loop = { maxTokens, eosIds, drafter, turn, isFresh, delivery, ahead: LOOP_AHEAD_TOKENS };
    const payload = packJson({ driver: this.ends.self, sampling, grant: jobGrant?.grant, logprobs, codec, loop });
    this.send({ ...this.#frame(session), kind: 'open', dtype: 'json', payload });
    for (let position = 0; position < ids.length; position += MAX_STEP_TOKENS) {
      const chunk = ids.slice(position, position + MAX_STEP_TOKENS);
      const flags = position + chunk.length === ids.length ? FRAME_FLAGS.sample : 0;
      const bytes = new Uint8Array(Int32Array.from(chunk).buffer);
      const step = { kind: 'step', dtype: 'int32', position, tokens: chunk.length, width: 1, payload: bytes } as const;
      this.send({ ...this.#frame(session), ...step, flags });
    }
  }

  /** All before this position has come: `delivery` says the same to the server. */
  ack(session: SessionId, position: number, delivery: SignedDelivery | undefined): void {
    this.trySend({ ...this.#frame(session), kind: 'ack', dtype: 'json', position, payload: packAck(delivery) });
  }

  /** No more of this answer. `isKept`: what was computed may be gone on from. */
  stop(session: SessionId, isKept: boolean): void {
    this.trySend({ ...this.#frame(session), flags: isKept ? FRAME_FLAGS.aside : 0 });
  }

  /** Nobody listens to that loop any more. */
  leave(session: SessionId): void {
    this.#turns.delete(session);
  }

  protected override onEnd(error: PoolError): void {
    for (const [session, { handlers }] of [...this.#turns]) {
      this.leave(session);
      handlers.onError(error);
    }
  }

  #frame(session: SessionId): Frame {
    return emptyFrame(this.epoch, session);
  }

  protected override hear(link: Link, frame: Frame): void {
    const { entry, exit } = this.ends;
    if (link === entry && this.#turns.has(frame.session)) this.#hearEntry(frame.session, frame);
    else if (link === exit && frame.kind === 'result') this.#hearExit(frame);
  }

  #hearEntry(loop: SessionId, frame: Frame): void {
    this.#tell(loop, (turn) => {
      const { handlers } = turn;
      // Copies of what was under way when the driver asked are not this turn's: what they bring comes as missed.
      if (frame.kind === 'step' && turn.own) handlers.onFed(fedOf(frame));
      else if (frame.kind === 'result') handlers.onMissed(frame.position, rowsOf(frame), frame.lap);
      else if (frame.kind === 'open') this.#begin(turn, frame);
      else if (frame.kind === 'done') {
        const done = readDone(frame.payload);
        if (done.turn === turn.number) handlers.onDone(done, frame.position);
      } else if (frame.kind === 'error') {
        const failed = readFailed(frame.payload);
        // What an earlier turn came to is nothing to this one.
        if (failed.turn === undefined || failed.turn === turn.number) handlers.onError(failed.error);
      }
    });
  }

  #begin(turn: Turn, frame: Frame): void {
    const begun = readBegun(frame.payload);
    if (begun.turn !== turn.number) return;
    turn.own = begun.session;
    turn.handlers.onBegun(begun.lap);
    const early = this.#early.filter(({ session }) => session === begun.session);
    this.#early.length = 0;
    for (const result of early) this.#hearExit(result);
  }

  #hearExit(frame: Frame): void {
    const [loop] = [...this.#turns].find(([, { own }]) => own === frame.session) ?? [];
    if (loop) this.#tell(loop, ({ handlers }) => handlers.onSampled(frame.lap, rowsOf(frame), frame.trace));
    else if (this.#turns.size > 0) {
      this.#early.push(frame);
      if (this.#early.length > MAX_EARLY_RESULTS) this.#early.shift();
    }
  }

  #tell(loop: SessionId, tell: (turn: Turn) => void): void {
    const turn = this.#turns.get(loop);
    if (!turn) return;
    try {
      tell(turn);
    } catch (cause) {
      turn.handlers.onFault(PoolError.from(cause));
    }
  }
}

const fedOf = ({ lap, position, flags, tokens, payload }: Frame): FedLap => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return { lap, position, flags, ids: Array.from({ length: tokens }, (_, at) => view.getInt32(4 * at, true)) };
};

const rowsOf = ({ payload, width }: Frame): ResultRow[] => unpackResultRows(payload, width);
