// One stage of one epoch: takes frames of many sessions, computes them in turn on its layers, passes them on. Errors
// travel back the way the frame came, so that the driver always hears of them. Knows no WebRTC and no GPU.
import { PoolError } from '../../protocol/errors.ts';
import { encodeFrame, FRAME_FLAGS, type Frame, type TraceEntry } from '../../protocol/frame.ts';
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import { MAX_QUEUED_FRAMES, MAX_SESSIONS_PER_STAGE, SESSION_IDLE_MS } from '../../protocol/limits.ts';
import type { ExecutorOutput, KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { sampleToken } from '../sampling/sample-token.ts';
import { checkPosition } from './check-position.ts';
import { FairQueue } from './fair-queue.ts';
import { type OpenSession, packJson, readOpenSession } from './open-session.ts';

interface Session {
  id: SessionId;
  cache: KvCache;
  open: OpenSession;
  upstream: Link;
  lastUsedMs: number;
}

interface Job {
  from: Link;
  frame: Frame;
  arrivedMs: number;
}

export interface RingNodeOptions {
  epoch: number;
  stage: number;
  executor: LayerExecutor;
  /** The link to the next stage; none at the exit. */
  next?: Link;
  /** At the exit: the link on which a driver listens for results. */
  linkTo(peer: PeerId): Link | undefined;
  /** A failure of the device itself: the page and the planner must hear of it. */
  onFault?(error: PoolError): void;
  onServed?(work: { tokens: number; computeMs: number; sessions: number }): void;
  now?(): number;
}

/** Failures after which this stage cannot go on at all. */
const DEVICE_FAULTS = new Set(['device-lost', 'out-of-memory']);

export class RingNode {
  readonly #options: RingNodeOptions;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #queue = new FairQueue<Job>(MAX_QUEUED_FRAMES);
  readonly #now: () => number;
  #running: Promise<void> | undefined;
  /** The session whose cache the model works on at this moment. */
  #computing: Session | undefined;
  #closed = false;

  constructor(options: RingNodeOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Takes a frame of this epoch from a link; answers on the same link if it must refuse. */
  accept(from: Link, frame: Frame): void {
    if (frame.kind === 'error') {
      this.#passErrorUp(frame);
      return;
    }
    try {
      if (this.#closed) throw new PoolError('epoch-stale', 'This stage left the coalition.');
      this.#queue.push(frame.session, { from, frame, arrivedMs: this.#now() });
      this.#running ??= this.#drain();
    } catch (error) {
      this.#refuse(from, frame, PoolError.from(error));
    }
  }

  /** Sessions that came in over a dead link end; those that went out over it are told so. */
  linkClosed(link: Link): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.upstream === link) this.#end(session, true);
      else if (this.#options.next === link) {
        const error = new PoolError('stage-left', 'The next stage of the route left.');
        this.#sendError(session.upstream, { session: session.id, lap: 0 }, error);
      }
    }
  }

  /** Waits for the step that is running, then frees every cache. The executor stays its owner's. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    for (const session of this.#sessions.values()) session.cache.dispose();
    this.#sessions.clear();
  }

  async #drain(): Promise<void> {
    for (let job = this.#queue.shift(); job && !this.#closed; job = this.#queue.shift()) {
      try {
        await this.#handle(job);
      } catch (cause) {
        const error = PoolError.from(cause);
        this.#refuse(job.from, job.frame, error);
        if (DEVICE_FAULTS.has(error.code)) this.#options.onFault?.(error);
      }
    }
    this.#running = undefined;
  }

  async #handle(job: Job): Promise<void> {
    const { frame } = job;
    if (frame.kind === 'open') return this.#open(job);
    if (frame.kind === 'close') {
      const session = this.#sessions.get(frame.session);
      if (session?.upstream === job.from) this.#end(session, true);
      return;
    }
    const expected = this.#options.executor.entry ? 'step' : 'hidden';
    if (frame.kind !== expected) {
      throw new PoolError('bad-frame', `This stage takes ${expected} frames and got a ${frame.kind} frame.`);
    }
    await this.#compute(job);
  }

  #open({ from, frame }: Job): void {
    const open = readOpenSession(frame.payload);
    const known = this.#sessions.get(frame.session);
    if (known && known.upstream !== from) throw new PoolError('bad-frame', 'This session belongs to another link.');
    if (!known) this.#makeRoom();
    const cache = known?.cache ?? this.#options.executor.openCache();
    this.#sessions.set(frame.session, { id: frame.session, cache, open, upstream: from, lastUsedMs: this.#now() });
    this.#options.next?.send(encodeFrame(frame));
  }

  async #compute({ from, frame, arrivedMs }: Job): Promise<void> {
    const { executor, next } = this.#options;
    const session = this.#sessions.get(frame.session);
    if (!session || session.upstream !== from) {
      throw new PoolError('session-unknown', 'This stage does not hold the conversation.');
    }
    if (frame.kind === 'hidden' && (frame.width !== executor.hiddenSize || frame.dtype !== executor.activation)) {
      throw new PoolError(
        'bad-frame',
        `The hidden state is ${frame.width} wide in ${frame.dtype}; the model has other.`,
      );
    }
    session.cache.crop(checkPosition(session.cache.length, frame, executor.maxContext));
    const rows = frame.flags & FRAME_FLAGS.sampleAll ? 'all' : frame.flags & FRAME_FLAGS.sample ? 'last' : 'none';
    const { temperature } = session.open.sampling;
    const startedMs = this.#now();
    const isOver = () => this.#sessions.get(session.id) !== session;
    let output: ExecutorOutput;
    this.#computing = session;
    try {
      output = await executor.run(session.cache, {
        ...(frame.kind === 'step' ? { ids: int32View(frame.payload) } : { hidden: frame.payload }),
        tokens: frame.tokens,
        rows,
        inverseTemperature: temperature > 0 ? 1 / temperature : 1,
      });
    } finally {
      this.#computing = undefined;
      // Its link closed meanwhile; the cache could not be taken from under the model.
      if (isOver()) session.cache.dispose();
    }
    if (isOver()) return;
    const ids: number[] = [];
    const firstRow = rows === 'all' ? 0 : frame.tokens - 1;
    for (const [index, row] of (output.rows ?? []).entries()) {
      ids.push(await sampleToken(row, session.open.sampling, frame.position + firstRow + index + 1));
    }
    session.lastUsedMs = this.#now();
    this.#options.onServed?.({ tokens: frame.tokens, computeMs: output.computeMs, sessions: this.#sessions.size });
    const computeMicros = micros(Math.min(output.computeMs, session.lastUsedMs - startedMs));
    const trace: TraceEntry[] = [
      ...frame.trace,
      {
        stage: this.#options.stage,
        computeMicros,
        waitMicros: Math.max(0, micros(session.lastUsedMs - arrivedMs) - computeMicros),
        hopMicros: micros(from.rttMs / 2),
      },
    ];
    if (next) {
      const { hiddenSize, activation } = executor;
      next.send(
        encodeFrame({ ...frame, kind: 'hidden', dtype: activation, width: hiddenSize, trace, payload: output.hidden! }),
      );
    } else {
      const driver = this.#options.linkTo(session.open.driver);
      if (!driver) throw new PoolError('link-failed', 'The exit stage has no link to the driver of this conversation.');
      const payload = new Uint8Array(Int32Array.from(ids).buffer);
      driver.send(
        encodeFrame({ ...frame, kind: 'result', dtype: 'int32', width: 1, tokens: ids.length, trace, payload }),
      );
    }
  }

  /** Drops the idle session that was used longest ago; refuses when all are in use. */
  #makeRoom(): void {
    const now = this.#now();
    const byAge = [...this.#sessions.values()].sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    for (const session of byAge) if (now - session.lastUsedMs > SESSION_IDLE_MS) this.#end(session, false);
    if (this.#sessions.size < MAX_SESSIONS_PER_STAGE) return;
    const oldest = byAge[0]!;
    if (now - oldest.lastUsedMs < 30_000) {
      throw new PoolError('sessions-full', `This stage already serves ${MAX_SESSIONS_PER_STAGE} conversations.`);
    }
    this.#end(oldest, false);
  }

  #end(session: Session, tellNext: boolean): void {
    this.#sessions.delete(session.id);
    this.#queue.drop(session.id);
    if (this.#computing !== session) session.cache.dispose();
    if (!tellNext) return;
    try {
      this.#options.next?.send(encodeFrame({ ...emptyFrame(this.#options.epoch, session.id), kind: 'close' }));
    } catch {
      // The next stage is gone and its cache with it.
    }
  }

  #passErrorUp(frame: Frame): void {
    const session = this.#sessions.get(frame.session);
    if (session) this.#trySend(session.upstream, frame);
  }

  #refuse(link: Link, frame: Frame, error: PoolError): void {
    // A frame that only ends or reports is never answered: two refusals could go back and forth for ever.
    if (frame.kind !== 'close' && frame.kind !== 'error') this.#sendError(link, frame, error);
  }

  #sendError(link: Link, about: { session: SessionId; lap: number }, error: PoolError): void {
    const payload = packJson({ ...error.toShape(), stage: this.#options.stage });
    this.#trySend(link, {
      ...emptyFrame(this.#options.epoch, about.session),
      kind: 'error',
      dtype: 'json',
      lap: about.lap,
      payload,
    });
  }

  #trySend(link: Link, frame: Frame): void {
    try {
      link.send(encodeFrame(frame));
    } catch {
      // The link died: linkClosed() ends its sessions.
    }
  }
}

const micros = (ms: number): number => Math.min(0xffffffff, Math.max(0, Math.round(ms * 1000)));

/** Token ids of a payload, copied because a payload may start anywhere in its buffer. */
function int32View(payload: Uint8Array): Int32Array {
  return new Int32Array(payload.slice().buffer);
}

export function emptyFrame(epoch: number, session: SessionId): Frame {
  return {
    kind: 'close',
    dtype: 'none',
    epoch,
    session,
    position: 0,
    tokens: 0,
    flags: 0,
    lap: 0,
    width: 0,
    trace: [],
    payload: new Uint8Array(0),
  };
}
