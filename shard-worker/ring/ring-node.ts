// One stage of one epoch: takes frames of sessions that a grant lets in, computes them in turn on its layers, several in one
// run where the model can, passes them on. Errors travel back the way the frame came, so that the driver always hears of them.
// Sessions outlive it: those of a ring that broke wait for the one that goes on. Knows no WebRTC and no GPU.

import { PoolError } from '../../protocol/errors.ts';
import { encodeFrame, FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { MAX_QUEUED_FRAMES, PLANNED_CONTEXT_TOKENS } from '../../protocol/limits.ts';
import { type BatchItem, type ExecutorOutput, runMs } from '../engine/layer-executor.ts';
import { FairQueue } from '../links/fair-queue.ts';
import type { Link } from '../links/link.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { hiddenFrame, resultFrame, withTrace } from './answer-frame.ts';
import { answerLinks, trySend } from './answer-links.ts';
import { mayGoOn, replayFrames } from './carry-session.ts';
import { OpenLine } from './open-line.ts';
import { type OpenSession, packJson, readOpenSession } from './open-session.ts';
import { OthersTurn } from './others-turn.ts';
import { prepareStep } from './prepare-step.ts';
import type { RingNodeOptions } from './ring-node-options.ts';
import { sampleRows } from './sample-rows.ts';
import { SentRows } from './sent-rows.ts';
import { SessionGate } from './session-gate.ts';
import { type Session, SessionTable } from './session-table.ts';

interface Work {
  from: Link;
  frame: Frame;
  arrivedMs: number;
  /** What an OPEN frame says, once it was read. */
  opening?: { open: OpenSession; grant?: OpenGrant };
}

interface Step {
  work: Work;
  session: Session;
  item: BatchItem;
  unpackMs: number;
}

export class RingNode {
  readonly #options: RingNodeOptions;
  readonly #sessions: SessionTable;
  readonly #queue = new FairQueue<Work>(MAX_QUEUED_FRAMES);
  readonly #line = new OpenLine<Work>(MAX_QUEUED_FRAMES);
  readonly #gate: SessionGate | undefined;
  readonly #now: () => number;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: RingNodeOptions) {
    this.#options = options;
    this.#sessions = options.sessions ?? new SessionTable(options.executor.kvLimitBytes);
    this.#now = options.now ?? (() => performance.now());
    if (options.grants !== 'local') this.#gate = new SessionGate(options.grants, options.epoch, options.executor);
  }

  /** Sessions of this epoch that somebody can reach. */
  get sessions(): number {
    return this.#sessions.of(this.#options.epoch).length;
  }

  /** Takes a frame of this epoch from a link; answers on the same link if it must refuse. */
  accept(from: Link, frame: Frame): void {
    if (frame.kind === 'error') {
      this.#passErrorUp(frame);
      return;
    }
    const work: Work = { from, frame, arrivedMs: this.#now() };
    try {
      if (this.#closed) throw new PoolError('epoch-stale', 'This stage left the coalition.');
      if (this.#line.isOpening(frame.session)) this.#line.hold(frame.session, work);
      else if (frame.kind === 'open') this.#readOpen(work);
      else this.#push(work);
    } catch (error) {
      this.#refuse(from, frame, PoolError.from(error));
    }
  }

  /** Sessions that came in over a dead link wait for the next epoch; those that went out over it are told so. */
  linkClosed(link: Link): void {
    for (const session of this.#sessions.of(this.#options.epoch)) {
      if (session.upstream === link) this.#putAside(session);
      else if (this.#options.next === link) {
        const error = new PoolError('stage-left', 'The next stage of the route left.');
        this.#sendError(session.upstream, { session: session.id, lap: 0 }, error);
      }
    }
  }

  /** Waits for the step that is running, then frees its own caches or puts their owner's aside. The executor stays its owner's. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    for (const session of this.#sessions.of(this.#options.epoch)) {
      if (this.#options.sessions) this.#sessions.putAside(session, this.#now());
      else this.#sessions.remove(session);
    }
  }

  #push(work: Work): void {
    const grant = work.opening?.grant ?? this.#sessions.get(work.frame.session)?.admitted?.grant;
    this.#queue.push(work.frame.session, work, grant !== undefined && this.#gate?.isOwn(grant));
    this.#running ??= this.#drain();
  }

  /** Verifies an OPEN frame beside the queue, so that no other session waits for it; its own frames do. */
  #readOpen(work: Work): void {
    const { from, frame } = work;
    const open = readOpenSession(frame.payload);
    const gate = this.#gate;
    if (!gate) {
      this.#push({ ...work, opening: { open } });
      return;
    }
    this.#line.begin(frame.session);
    gate
      .read(open, from)
      .then((grant) => {
        if (this.#closed) throw new PoolError('epoch-stale', 'This stage left the coalition.');
        this.#push({ ...work, opening: { open, grant } });
      })
      .catch((cause) => {
        this.#refuse(from, frame, PoolError.from(cause));
      })
      .finally(() => {
        // One of these may be another OPEN: then those behind it wait anew.
        for (const waited of this.#line.end(frame.session)) this.accept(waited.from, waited.frame);
      });
  }

  async #drain(): Promise<void> {
    const turn = new OthersTurn(this.#now);
    for (let work = this.#queue.shift(); work && !this.#closed; work = this.#queue.shift()) {
      if (this.#isControl(work)) await this.#attempt(work, () => this.#control(work));
      else await this.#compute([work, ...this.#neighbours(work)]);
      await turn.give();
    }
    this.#running = undefined;
  }

  /** Steps of other sessions that can share a run with this one. They are one token long: a prefill runs alone. */
  #neighbours({ frame }: Work): Work[] {
    const { maxBatch } = this.#options.executor;
    if (maxBatch === 1 || frame.tokens !== 1) return [];
    return this.#queue.gather(
      maxBatch - 1,
      frame.session,
      (other) => !this.#isControl(other) && other.frame.tokens === 1,
    );
  }

  #isControl({ frame }: Work): boolean {
    return frame.kind === 'open' || frame.kind === 'close';
  }

  /** What fails is told to the driver, and to the page if the device is at fault. Undefined then. */
  async #attempt<Result>(work: Work, run: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await run();
    } catch (cause) {
      const error = PoolError.from(cause);
      this.#refuse(work.from, work.frame, error);
      if (error.subject === 'device') this.#options.onFault?.(error);
      return undefined;
    }
  }

  #control(work: Work): void | Promise<void> {
    if (work.opening) return this.#open(work, work.opening);
    const session = this.#sessions.get(work.frame.session);
    if (session?.upstream !== work.from) return undefined;
    if (work.frame.flags & FRAME_FLAGS.aside) this.#putAside(session);
    else this.#end(session, true);
    return undefined;
  }

  /**
   * A new session, or the next turn of one that is open, or one of the epoch before that goes on in this one: its cache stays,
   * its job and meter are others.
   */
  async #open({ from, frame }: Work, { open, grant }: NonNullable<Work['opening']>): Promise<void> {
    const { session: id } = frame;
    const known = this.#sessions.get(id);
    if (known && known.upstream !== from && !mayGoOn(known, open, from, this.#options.epoch)) {
      throw new PoolError('bad-frame', 'This session belongs to another link.');
    }
    // The node of the epoch before may be computing it.
    if (known) await this.#sessions.settled(known);
    if (from.closed || (known && !this.#sessions.holds(known))) return;
    // What is left of the epoch before, of a driver that is gone, keeps nobody from going on.
    const others = this.#sessions.of(this.#options.epoch).filter((session) => session !== known);
    const jobs = others.map(({ admitted }) => admitted?.grant.job);
    const admitted = grant && this.#gate?.admit(id, grant, jobs);
    const { executor } = this.#options;
    // A grant says how far its session may come; without one it is planned as the planner does.
    const reach = Math.min(grant?.maxPosition ?? PLANNED_CONTEXT_TOKENS, executor.maxContext);
    const kvBytes = Math.max(executor.kvBytesOf(reach), known?.kvBytes ?? 0);
    // Those that give way are idle: nobody waits for word of it behind this stage.
    for (const idle of this.#sessions.makeRoom(this.#now(), kvBytes, known)) this.#end(idle, false);
    const session: Session = {
      ...{ id, open, upstream: from, admitted, kvBytes, lastUsedMs: this.#now() },
      ...{ epoch: this.#options.epoch, isAside: false },
      cache: known?.cache ?? executor.openCache(),
      sent: known?.sent ?? new SentRows(),
    };
    this.#sessions.set(session);
    const { next } = this.#options;
    if (!next) return;
    const replayed = replayFrames(session, this.#options.stage);
    next.send(encodeFrame(frame));
    for (const each of replayed) next.send(encodeFrame(each));
  }

  /** Steps of different sessions in one run. Each is checked before; what is wrong with one is told to it alone. */
  async #compute(works: readonly Work[]): Promise<void> {
    const steps: Step[] = [];
    for (const work of works) {
      const step = await this.#attempt(work, () => this.#prepare(work));
      if (step) steps.push(step);
    }
    await this.#run(steps);
  }

  #prepare(work: Work): Step {
    const { from, frame } = work;
    const known = this.#sessions.get(frame.session);
    const beganMs = this.#now();
    const own = known?.upstream === from ? known : undefined;
    const { session, ...item } = prepareStep(frame, own, this.#options.executor, this.#gate);
    return { work, session, item, unpackMs: this.#now() - beganMs };
  }

  async #run(asked: readonly Step[]): Promise<void> {
    const steps = asked.filter(({ session }) => this.#sessions.holds(session));
    if (steps.length === 0) return;
    const sessions = steps.map(({ session }) => session);
    const items = steps.map(({ item }) => item);
    let outputs: ExecutorOutput[] | undefined;
    try {
      outputs = await this.#sessions.compute(sessions, () => this.#options.executor.runBatch(items));
    } catch (cause) {
      const error = PoolError.from(cause);
      const isShared = steps.length > 1 && error.subject !== 'device';
      // One of them made it fail: each runs alone, and shows which.
      if (isShared) for (const step of steps) await this.#run([step]);
      else for (const { work } of steps) this.#refuse(work.from, work.frame, error);
      if (error.subject === 'device') this.#options.onFault?.(error);
      return;
    }
    const ranMs = this.#now();
    for (const [index, step] of steps.entries()) {
      await this.#attempt(step.work, () => this.#answer(step, outputs[index]!, ranMs));
    }
  }

  async #answer({ work, session, unpackMs }: Step, output: ExecutorOutput, ranMs: number): Promise<void> {
    if (!this.#sessions.holds(session)) return;
    const { from, frame, arrivedMs } = work;
    const { executor, next } = this.#options;
    if (frame.flags & FRAME_FLAGS.replay) return this.#passReplay(session, frame, output);
    const sampled = await sampleRows(output.rows ?? [], session.open, frame.position + frame.tokens);
    const packed = next
      ? hiddenFrame(frame, executor, output.hidden!, { policy: session.open.codec, link: next })
      : resultFrame(frame, sampled, session.open.logprobs);
    session.lastUsedMs = this.#now();
    // Its part of a run that others shared.
    const computeMs = runMs(output) / output.batch;
    this.#options.onServed?.({ tokens: frame.tokens, computeMs, sessions: this.#sessions.size });
    const answer = withTrace(packed, {
      ...output,
      uploadMs: unpackMs + output.uploadMs,
      stage: this.#options.stage,
      packMs: session.lastUsedMs - ranMs,
      totalMs: session.lastUsedMs - arrivedMs,
      rttMs: from.rttMs,
    });
    const { link, witness } = answerLinks(session, this.#options);
    const bytes = encodeFrame(answer);
    if (witness) trySend(witness, bytes);
    link.send(bytes);
    // Behind the sending; of the sent bytes, because the runtime may use its own buffer again.
    const payload = bytes.subarray(bytes.byteLength - answer.payload.byteLength);
    this.#sessions.keepSent(session, { ...answer, payload });
    session.admitted?.meter.count(frame, { ...answer, payload }, computeMs);
  }

  /** Rows that another stage computed before it was lost: nobody is told and nobody is paid, but the next stage may lack them too. */
  #passReplay(session: Session, frame: Frame, output: ExecutorOutput): void {
    session.lastUsedMs = this.#now();
    session.admitted?.meter.countReplay(frame.tokens);
    const { executor, next, stage } = this.#options;
    if (!next) return;
    const packed = hiddenFrame(frame, executor, output.hidden!, { policy: session.open.codec, link: next });
    const bytes = encodeFrame(packed);
    if (session.open.carried?.fresh.includes(stage + 1)) next.send(bytes);
    this.#sessions.keepSent(session, {
      ...packed,
      payload: bytes.subarray(bytes.byteLength - packed.payload.byteLength),
    });
  }

  /** Held for whoever goes on with it; the stages behind do the same. */
  #putAside(session: Session): void {
    // Nobody else has the caches of this node's own table.
    if (!this.#options.sessions) return void this.#end(session, true);
    this.#sessions.putAside(session, this.#now());
    this.#queue.drop(session.id);
    this.#tellNext(session, FRAME_FLAGS.aside);
  }

  #end(session: Session, tellNext: boolean): void {
    this.#sessions.remove(session);
    this.#queue.drop(session.id);
    if (tellNext) this.#tellNext(session, 0);
  }

  #tellNext(session: Session, flags: number): void {
    const { next, epoch } = this.#options;
    if (next) trySend(next, encodeFrame({ ...emptyFrame(epoch, session.id), flags }));
  }

  #passErrorUp(frame: Frame): void {
    const session = this.#sessions.get(frame.session);
    if (session) trySend(session.upstream, encodeFrame(frame));
  }

  #refuse(link: Link, frame: Frame, error: PoolError): void {
    this.#options.onRefused?.(error);
    // What an earlier grant paid for is over when another is refused: the driver asked for something else.
    const known = frame.kind === 'open' ? this.#sessions.get(frame.session) : undefined;
    if (known?.upstream === link) this.#end(known, true);
    // A frame that only ends or reports is never answered: two refusals could go back and forth for ever.
    if (frame.kind !== 'close' && frame.kind !== 'error') this.#sendError(link, frame, error);
  }

  #sendError(link: Link, about: { session: SessionId; lap: number }, error: PoolError): void {
    const { epoch, stage } = this.#options;
    const payload = packJson({ ...error.toShape(), stage });
    const frame = {
      ...emptyFrame(epoch, about.session),
      kind: 'error',
      dtype: 'json',
      lap: about.lap,
      payload,
    } as const;
    trySend(link, encodeFrame(frame));
  }
}
