// The driver's view of one epoch: submits laps at the entry, hears results from the exit, gives each lap its answer or
// its error. Owns waits and timeouts, no token history.

import type { CodecPolicy } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame, type TraceEntry } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import type { Link } from '../links/link.ts';
import { type OpenSession, packJson, unpackJson } from '../ring/open-session.ts';
import { type ResultRow, unpackResultRows } from '../ring/result-rows.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import type { JobGrant } from './job-grant.ts';
import { LapDeadline } from './lap-deadline.ts';
import { PrefillPace } from './prefill-pace.ts';
import { RingEnds, type RingEndsOptions } from './ring-ends.ts';

/** A prompt that waits for its turn looks so often whether others still decode. */
const LOOK_AGAIN_MS = 100;

export interface LapResult {
  /** Sampled tokens: none for a chunk without the sample flag, one per row with `sampleAll`. */
  rows: ResultRow[];
  trace: TraceEntry[];
  /** Half the round trip of the link from the exit, milliseconds. */
  returnHopMs: number;
  lapMs: number;
}

export interface LapRequest {
  position: number;
  ids: readonly number[];
  flags: number;
  /** A chunk of a prompt. */
  isPrefill?: boolean;
}

/** How a session is opened, or goes on for another job. */
export interface SessionTerms {
  sampling: Sampling;
  /** Absent only where no stage asks for one: a model that is whole in this tab. */
  jobGrant?: (Pick<JobGrant, 'grant'> & Partial<Pick<JobGrant, 'claims'>>) | undefined;
  /** Alternatives per result row; undefined for bare ids. */
  logprobs?: number | undefined;
  /** How hidden states may travel; undefined is `exact`. */
  codec?: CodecPolicy | undefined;
  /** It is the loop's that its driver, who is elsewhere, knows by this id. */
  of?: SessionId | undefined;
  /** It goes on from another ring: what stages hold of it, and which of them are new. */
  carried?: OpenSession['carried'];
}

interface Pending {
  session: SessionId;
  rows: number;
  isPrefill: boolean;
  sentMs: number;
  resolve(result: LapResult): void;
  reject(error: PoolError): void;
  timer: ReturnType<typeof setTimeout>;
}

export interface RingClientOptions extends RingEndsOptions {
  lapTimeoutMs?: number;
  now?(): number;
}

export class RingClient extends RingEnds {
  readonly #lapTimeoutMs: number | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #now: () => number;
  readonly #deadline = new LapDeadline();
  readonly #pace: PrefillPace;
  #lap = 0;

  constructor({ lapTimeoutMs, now, ...ends }: RingClientOptions) {
    super(ends);
    this.#lapTimeoutMs = lapTimeoutMs;
    this.#now = now ?? (() => performance.now());
    this.#pace = new PrefillPace(this.#now);
    this.listen();
  }

  /** Opens a session, or says for which job and how an open one goes on. */
  open(session: SessionId, { sampling, jobGrant, logprobs, codec, of, carried }: SessionTerms): void {
    const driver = this.ends.self;
    const payload = packJson({ driver, sampling, grant: jobGrant?.grant, logprobs, codec, of, carried });
    this.send({ ...emptyFrame(this.epoch, session), kind: 'open', dtype: 'json', payload });
  }

  /** One lap. Rejects with the stage's error, `lap-timeout`, or `stage-left` when the ring ends. */
  lap(session: SessionId, { position, ids, flags, isPrefill = false }: LapRequest): Promise<LapResult> {
    this.#lap = (this.#lap + 1) >>> 0;
    const lap = this.#lap;
    return new Promise((resolve, reject) => {
      const timeoutMs = this.#lapTimeoutMs ?? this.#deadline.ofRows(ids.length);
      const timer = setTimeout(() => {
        this.#lose(lap, new PoolError('lap-timeout', `No answer came within ${Math.round(timeoutMs / 1000)} s.`));
      }, timeoutMs);
      this.#pending.set(lap, { session, rows: ids.length, isPrefill, sentMs: this.#now(), resolve, reject, timer });
      this.#pace.sent({ session, isPrefill });
      const payload = new Uint8Array(Int32Array.from(ids).buffer);
      const tokens = ids.length;
      try {
        const step = { kind: 'step', dtype: 'int32', position, tokens, flags, lap, width: 1, payload } as const;
        this.send({ ...emptyFrame(this.epoch, session), ...step });
      } catch (error) {
        this.#lose(lap, PoolError.from(error));
      }
    });
  }

  /** Ids whose keys and values the entry lacks and the stages behind it hold. Nothing comes back but an error, on the next lap. */
  replay(session: SessionId, { position, ids, flags }: LapRequest): void {
    const payload = new Uint8Array(Int32Array.from(ids).buffer);
    const step = { kind: 'step', dtype: 'int32', position, tokens: ids.length, width: 1, payload } as const;
    this.send({ ...emptyFrame(this.epoch, session), ...step, flags: flags | FRAME_FLAGS.replay });
  }

  /** Rows that the next chunk of a session's prompt may have, once it may be sent: others shall keep their pace. */
  async prefillTurn(session: SessionId): Promise<number> {
    for (;;) {
      const { rows, waitMs } = this.#pace.turn(session);
      if (waitMs === 0 || this.ended) return rows;
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, LOOK_AGAIN_MS)));
    }
  }

  /** Frees the session's caches on every stage. */
  close(session: SessionId): void {
    this.#pace.forget(session);
    this.trySend(emptyFrame(this.epoch, session));
  }

  protected override onEnd(error: PoolError): void {
    for (const lap of [...this.#pending.keys()]) this.#lose(lap, error);
  }

  #lose(lap: number, error: PoolError): void {
    const pending = this.#settle(lap);
    if (!pending) return;
    this.#pace.over(pending);
    pending.reject(error);
  }

  #settle(lap: number): Pending | undefined {
    const pending = this.#pending.get(lap);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(lap);
    return pending;
  }

  protected override hear(link: Link, frame: Frame): void {
    if (frame.kind === 'error') this.#fail(frame);
    else if (frame.kind === 'result' && link === this.ends.exit) this.#resolve(link, frame);
  }

  #resolve(link: Link, frame: Frame): void {
    if (this.#pending.get(frame.lap)?.session !== frame.session) return;
    const pending = this.#settle(frame.lap)!;
    let rows: ResultRow[];
    try {
      rows = unpackResultRows(frame.payload, frame.width);
    } catch (error) {
      this.#pace.over(pending);
      pending.reject(PoolError.from(error));
      return;
    }
    const lapMs = this.#now() - pending.sentMs;
    this.#pace.over({ ...pending, lapMs, trace: frame.trace });
    this.#deadline.learn(pending.rows, lapMs);
    pending.resolve({ rows, trace: frame.trace, returnHopMs: link.rttMs / 2, lapMs });
  }

  /** An error names its lap; one without (a stage left, an OPEN refused) ends every lap of its session. */
  #fail(frame: Frame): void {
    let error: PoolError;
    try {
      error = PoolError.from(unpackJson(frame.payload));
    } catch (cause) {
      error = PoolError.from(cause);
    }
    for (const [lap, pending] of [...this.#pending]) {
      if (pending.session === frame.session && (frame.lap === 0 || frame.lap === lap)) this.#lose(lap, error);
    }
  }
}
