// One driver's loop at the entry: feeds what the exit samples by itself, ahead of a driver that may be far away or gone for a while.
// Keeps what that driver has not got, and rests where it is too far ahead of what it has signed for. Knows no links but the one that it
// is told.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import { LOOP_AHEAD_TOKENS, SESSION_ASIDE_MS, SESSION_IDLE_MS } from '../../protocol/limits.ts';
import type { Link } from '../links/link.ts';
import { type LoopTerms, packJson } from '../ring/open-session.ts';
import { packResultRows, resultWidth } from '../ring/result-rows.ts';
import { type AcquireRing, Conversation } from './conversation.ts';
import { FarDriver } from './far-driver.ts';
import type { GenerateOptions } from './generate-options.ts';
import {
  checkLength,
  goesOn,
  idsOf,
  knownOf,
  type LoopAnswer,
  type LoopOpen,
  type LoopOrder,
  runsOf,
} from './loop-answer.ts';
import type { LoopBegun } from './loop-words.ts';
import type { Speculation } from './speculation.ts';
import { WakeUp } from './wake-up.ts';

export interface EntryLoopPorts {
  acquire: AcquireRing;
  /** Undefined for `none`. */
  speculate(kind: LoopTerms['drafter']): Speculation | undefined;
  /** Positions that the entry's layers can hold. */
  maxContext(): number;
  /** Tokens that the driver of a job has signed for. */
  signedFor(job: JobId): number;
  /** Throws `grant-refused` where its job was asked something else before. */
  checkPrompt(order: LoopOrder): void;
  /** An answer is over. */
  onEnd(): void;
  now(): number;
}

export class EntryLoop {
  readonly driver: PeerId;
  readonly id: SessionId;
  readonly #ports: EntryLoopPorts;
  readonly #conversation: Conversation;
  readonly #far: FarDriver;
  #order: LoopOrder | undefined;
  #answer: LoopAnswer | undefined;
  #usedMs: number;
  /** When it lost its ring: what the stages hold of it is worth keeping for the next one. */
  #lostMs = Number.NEGATIVE_INFINITY;
  readonly #change = new WakeUp();

  constructor(driver: PeerId, id: SessionId, ports: EntryLoopPorts) {
    this.driver = driver;
    this.id = id;
    this.#ports = ports;
    this.#far = new FarDriver(id);
    this.#conversation = new Conversation(ports.acquire);
    this.#usedMs = ports.now();
  }

  /** The turn of which its driver would hear now. */
  get turn(): number | undefined {
    return this.#order?.open.loop.turn ?? this.#answer?.turn;
  }

  /** What pays for the answer that it has, or will have. */
  get grant(): OpenGrant | undefined {
    return (this.#answer ?? this.#order)?.grant;
  }

  /** The session that it has in the ring now. */
  get session(): SessionId | undefined {
    return this.#conversation.held?.session;
  }

  /** Where its driver listens now. */
  get epoch(): number | undefined {
    return this.#far.epoch;
  }

  /** An answer is under way. */
  get isBusy(): boolean {
    return this.#answer !== undefined && !this.#answer.over;
  }

  get usedMs(): number {
    return this.#usedMs;
  }

  /** Its driver has said nothing for as long as it is kept: not long where nothing is owed to one that is gone. */
  get isStale(): boolean {
    const isOwed = this.#answer !== undefined || this.#far.epoch !== undefined;
    return this.#ports.now() - this.#usedMs > (isOwed ? SESSION_IDLE_MS : SESSION_ASIDE_MS);
  }

  /** The driver's prompt begins to come, over this link. */
  open(link: Link, epoch: number, open: LoopOpen, grant: OpenGrant | undefined): void {
    this.#usedMs = this.#ports.now();
    this.#far.come(link, epoch);
    this.#order = { open, grant, ids: [] };
  }

  /** Ids of the prompt; the last of them begin the answer, or go on hearing of the one that runs. Throws what is wrong with them. */
  step(frame: Frame): void {
    const order = this.#order;
    if (!order) throw new PoolError('bad-frame', 'A prompt comes behind the frame that opens its session.');
    if (frame.position !== order.ids.length) throw new PoolError('bad-frame', 'A prompt’s ids come in their order.');
    const isLast = (frame.flags & FRAME_FLAGS.sample) !== 0;
    const length = order.ids.length + frame.tokens;
    checkLength(
      { length, isLast, paid: this.#paidPosition(order, length), maxContext: this.#ports.maxContext() },
      order,
    );
    order.ids.push(...idsOf(frame));
    if (!isLast) return;
    this.#ports.checkPrompt(order);
    void this.#begin(order);
  }

  /** The driver says that it has all before `position`. Where somebody is paid, what it has signed for opens the window, and not this. */
  ack(position: number): void {
    this.#usedMs = this.#ports.now();
    const answer = this.#answer;
    if (!answer) return;
    const known = knownOf(answer);
    answer.told = Math.max(answer.told, Math.min(known, position));
    // A page that is opened again may have kept a little less than it had.
    this.#trim(answer, position - LOOP_AHEAD_TOKENS);
    // Nothing is owed any more.
    if (answer.over && !(answer.over instanceof PoolError) && position >= known) this.#answer = undefined;
    this.#change.now();
  }

  /** The driver wants no more of this answer. `isKept`: it may go on from it. */
  stop(isKept: boolean): void {
    this.#usedMs = this.#ports.now();
    this.#order = undefined;
    const answer = this.#answer;
    if (answer && !answer.over) this.#stop(answer, isKept);
    else {
      this.#answer = undefined;
      if (!isKept) this.#conversation.close();
    }
  }

  /** That job is over: what runs for it ends, and a prompt that comes meanwhile is another's. */
  endJob(job: JobId): void {
    const answer = this.#answer;
    if (answer && !answer.over && answer.grant?.job === job) this.#stop(answer, true);
  }

  linkClosed(link: Link): void {
    if (!this.#far.lost(link)) return;
    this.#usedMs = this.#ports.now();
    // What was on its way is lost as well.
    this.#order = undefined;
  }

  /** A frame that the loop sends into the ring: its driver is told the same, in the loop's own session, so that the order stays. */
  sent(frame: Frame): void {
    const answer = this.#answer;
    if (!answer) return;
    if (frame.kind === 'step') answer.lastLap = frame.lap;
    if (answer.joinAt !== undefined || this.#far.epoch !== frame.epoch) return;
    if (frame.kind === 'open') this.#tellBegun(answer, frame.session);
    else this.#far.tell(frame);
  }

  /** Lets its caches go, on every stage. */
  close(): void {
    this.#far.leave();
    this.stop(false);
  }

  /** Caches of a ring whose place another has taken, but for those that the next one may go on with. */
  releaseUnless(isCurrent: Parameters<Conversation['releaseUnless']>[0]): void {
    const isWanted = this.isBusy || this.#ports.now() - this.#lostMs < SESSION_ASIDE_MS;
    if (!isWanted) this.#conversation.releaseUnless(isCurrent);
  }

  /** Behind its next token, of which the prompt may be the most: what was computed is there for the next answer. */
  #endBehind(answer: LoopAnswer): void {
    answer.isStopped = true;
    // Nothing is on its way that would bring one.
    if (!this.#isWhole()) answer.abort.abort();
    this.#change.now();
  }

  #isWhole(): boolean {
    const { held } = this.#conversation;
    return held !== undefined && held.ring.ended === undefined;
  }

  #stop(answer: LoopAnswer, isKept: boolean): void {
    answer.isStopped = true;
    answer.isFreed ||= !isKept;
    // There is no next token to stop behind.
    if (!isKept || answer.generated.length === 0 || !this.#isWhole()) answer.abort.abort();
    this.#change.now();
  }

  /** Positions before this one the driver pays for; where nobody is paid, all that it says. */
  #paidPosition({ grant }: LoopOrder, said: number): number {
    return grant ? grant.promptTokens + this.#ports.signedFor(grant.job) : said;
  }

  async #begin(order: LoopOrder): Promise<void> {
    const earlier = this.#answer;
    if (earlier && goesOn(earlier, order)) {
      this.#order = undefined;
      const { open, grant, ids } = order;
      // The same job's: one that was signed later.
      Object.assign(earlier, { turn: open.loop.turn, grant, joinAt: ids.length });
      this.#change.now();
      if (earlier.over) this.#tellAll(earlier);
      return;
    }
    if (earlier && !earlier.over) {
      this.#endBehind(earlier);
      await earlier.running;
    }
    if (this.#order !== order) return;
    this.#order = undefined;
    this.#start(order);
  }

  #start(order: LoopOrder): void {
    const answer: LoopAnswer = {
      ...{ ...order, told: order.ids.length, turn: order.open.loop.turn, generated: [], kept: [], lastLap: 0 },
      ...{ abort: new AbortController(), isStopped: false, isFreed: false, running: Promise.resolve() },
    };
    this.#answer = answer;
    const speculation = this.#speculate(order.open.loop.drafter);
    answer.running = this.#conversation.generate(order.ids, this.#options(answer, speculation)).then(
      ({ finishReason }) =>
        this.#end(answer, { reason: finishReason, ...(speculation?.counts ?? NOTHING_DRAFTED) }, speculation),
      (cause) => this.#end(answer, PoolError.from(cause), speculation),
    );
  }

  #speculate(kind: LoopTerms['drafter']): Speculation | undefined {
    try {
      return this.#ports.speculate(kind);
    } catch {
      // An answer without guesses is as good.
      return undefined;
    }
  }

  #options(answer: LoopAnswer, speculation: Speculation | undefined): GenerateOptions {
    const { sampling, grant, logprobs, codec, loop } = answer.open;
    const isElsewhere = (): boolean => {
      const { held } = this.#conversation;
      return this.#far.epoch === undefined || (held !== undefined && this.#far.epoch !== held.ring.epoch);
    };
    return {
      ...{ sampling, logprobs, codec, of: this.id, speculation },
      ...{ maxTokens: loop.maxTokens, maxContext: this.#ports.maxContext(), eosIds: new Set(loop.eosIds) },
      jobGrant: grant === undefined ? undefined : { grant },
      signal: answer.abort.signal,
      /** A driver who is there chooses the route himself. */
      get retry() {
        return isElsewhere() ? ('route' as const) : ('session' as const);
      },
      isStopped: () => answer.isStopped && !answer.abort.signal.aborted,
      // Nothing was on its way: what the stages hold is what it was.
      keepsOnCancel: () => !answer.isFreed && !this.#isWhole(),
      onToken: (row, epoch) => {
        answer.generated.push(row.id);
        answer.kept.push({ row, epoch });
        return answer.isStopped;
      },
      rest: (known, laps) => this.#rest(answer, known, laps),
    };
  }

  /** Throws `epoch-stale` where its driver has come back in another epoch: it goes on there. */
  #rest(answer: LoopAnswer, known: number, laps: number): Promise<void> | undefined {
    if (answer.isStopped) return undefined;
    if (answer.joinAt !== undefined) {
      if (laps > 0) return this.#change.woken;
      const { held } = this.#conversation;
      if (this.#far.epoch !== undefined && held && held.ring.epoch !== this.#far.epoch) {
        throw new PoolError('epoch-stale', 'The driver has come back over another ring.');
      }
      this.#tellMissed(answer);
    }
    const { loop } = answer.open;
    const ahead = Math.min(loop.ahead, answer.grant?.ahead ?? loop.ahead);
    return known > this.#paidPosition(answer, answer.told) + ahead ? this.#change.woken : undefined;
  }

  #end(answer: LoopAnswer, over: NonNullable<LoopAnswer['over']>, speculation: Speculation | undefined): void {
    answer.over = over;
    speculation?.close();
    if (over instanceof PoolError && over.kind === 'disappeared') this.#lostMs = this.#ports.now();
    if (answer.isFreed) this.#conversation.close();
    this.#usedMs = this.#ports.now();
    if (this.#answer === answer) this.#tellAll(answer);
    this.#change.now();
    this.#ports.onEnd();
  }

  /** What is left to say of an answer that is over. */
  #tellAll(answer: LoopAnswer): void {
    if (answer.joinAt !== undefined) this.#tellMissed(answer);
    const { over, turn } = answer;
    if (over instanceof PoolError) this.#tellError(over, turn);
    else if (over)
      this.#far.tell({ kind: 'done', dtype: 'json', position: knownOf(answer), payload: packJson({ ...over, turn }) });
  }

  #tellError(error: PoolError, turn: number): void {
    this.#far.tell({ kind: 'error', dtype: 'json', payload: packJson({ ...error.toShape(), turn }) });
  }

  /** The rows behind what the driver has, by where they came from; then the session that the loop has in the ring now. */
  #tellMissed(answer: LoopAnswer): void {
    let position = answer.joinAt!;
    answer.joinAt = undefined;
    const { logprobs } = answer.open;
    const isTold = position - (knownOf(answer) - answer.kept.length);
    for (const { epoch, rows } of runsOf(answer.kept.slice(isTold))) {
      const payload = packResultRows(rows, logprobs);
      const told = { position, tokens: rows.length, lap: epoch, width: resultWidth(logprobs), payload };
      this.#far.tell({ kind: 'result', dtype: 'int32', ...told });
      position += rows.length;
    }
    const { session } = this;
    if (session && !answer.over) this.#tellBegun(answer, session);
  }

  #tellBegun({ turn, lastLap }: LoopAnswer, session: SessionId): void {
    const begun: LoopBegun = { session, turn, lap: lastLap };
    this.#far.tell({ kind: 'open', dtype: 'json', payload: packJson(begun) });
  }

  /** The driver has got all before this position. */
  #trim(answer: LoopAnswer, position: number): void {
    const from = knownOf(answer) - answer.kept.length;
    answer.kept.splice(0, Math.max(0, position - from));
  }
}

const NOTHING_DRAFTED = { drafted: 0, accepted: 0, drafter: 'none' } as const;
