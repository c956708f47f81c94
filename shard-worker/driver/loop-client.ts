// One conversation of a driver whose loop runs at the entry: gives it prompts, hears what comes of them, counts only what both ends of
// the ring agree on, and asks the next entry for the rest when one disappears. Has the face of a `Conversation`.
import { checkPrompt } from '../../protocol/check-prompt.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { TraceEntry } from '../../protocol/frame.ts';
import { newSessionId, type SessionId } from '../../protocol/ids.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import type { Generated, GenerateOptions } from './generate-options.ts';
import { LapDeadline } from './lap-deadline.ts';
import { LoopAcks } from './loop-acks.ts';
import type { LoopHandlers, LoopRing } from './loop-ring.ts';
import type { LoopDone } from './loop-words.ts';
import { retryLost } from './retry-lost.ts';
import { type FedLap, type Joined, TokenLog } from './token-log.ts';

/** Gives the ring that serves now, another one than `avoid` if it can; waits for one to form. Rejects when none comes. */
export type AcquireLoopRing = (signal?: AbortSignal, avoid?: LoopRing) => Promise<LoopRing>;

/** The entry's last figures come about when the last token does. */
const DONE_WAIT_MS = 500;
/** What a link lost is asked for again over the same ring, so often in one try. */
const MAX_GAPS = 3;

export class LoopClient {
  readonly #acquire: AcquireLoopRing;
  readonly #deadline = new LapDeadline();
  /** What the entry knows this conversation by. */
  #session = newSessionId();
  #ring: LoopRing | undefined;
  /** Another page's, of the same session, are others. */
  #turn = crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;

  constructor(acquire: AcquireLoopRing) {
    this.#acquire = acquire;
  }

  /** Generates after `prompt` (token ids). Throws `context-exceeded`, `prompt-empty`, or what the ring reported. */
  async generate(prompt: readonly number[], options: GenerateOptions): Promise<Generated> {
    checkPrompt(prompt.length, options.maxContext);
    const ids = [...(options.resume ?? [])];
    let avoid: LoopRing | undefined;
    /** Both ends have told of this answer, or somebody has it from before: the entry may know more of it than we do. */
    const past: Past = { isKnown: ids.length > 0, leastEpoch: options.resumeEpoch };
    const finishReason = await retryLost(options, {
      attempt: async () => {
        if (isWhole(prompt, ids, options)) return 'length';
        const ring = await this.#acquire(options.signal, avoid);
        this.#ring = ring;
        options.onNotice?.(undefined);
        past.leastEpoch = Math.min(past.leastEpoch ?? ring.epoch, ring.epoch);
        const nextTurn = (): number => ++this.#turn;
        const start = { prompt, ids, options, ring, session: this.#session, nextTurn, past };
        return new Following(start, this.#deadline).run();
      },
      onFailed: (what, { code }, isCancelled) => {
        if (code === 'lap-timeout' && this.#ring) options.onStill?.(this.#ring.epoch);
        avoid = what === 'route' ? this.#ring : undefined;
        // Said once more where the ring was lost meanwhile: the loop may be there, and go on.
        if (isCancelled) this.#ring?.stop(this.#session, true);
        else if (what !== 'route') this.close();
      },
    });
    return { ids, finishReason };
  }

  /** What its entry knows it by. */
  get session(): SessionId {
    return this.#session;
  }

  /** It is that one, which an entry may know still. */
  goOn(session: SessionId): void {
    if (session === this.#session) return;
    this.close();
    this.#session = session;
  }

  /** Frees the caches on the stages. */
  close(): void {
    this.#ring?.stop(this.#session, false);
    this.#ring = undefined;
    this.#session = newSessionId();
  }
}

const isWhole = (prompt: readonly number[], ids: readonly number[], options: GenerateOptions): boolean =>
  ids.length > 0 && wantedOf(prompt, ids, options) <= 0;

/** Tokens that are still wanted. */
const wantedOf = (
  prompt: readonly number[],
  ids: readonly number[],
  { maxTokens, maxContext }: GenerateOptions,
): number => Math.min(maxTokens - ids.length, maxContext - prompt.length - ids.length);

/** What is known of an answer's earlier tries. */
interface Past {
  isKnown: boolean;
  /** The first epoch that it was asked over. */
  leastEpoch: number | undefined;
}

interface FollowingStart {
  prompt: readonly number[];
  /** The answer's; new ones are added. */
  ids: number[];
  options: GenerateOptions;
  ring: LoopRing;
  session: SessionId;
  nextTurn(): number;
  past: Past;
}

/** One try at one ring. */
class Following implements LoopHandlers {
  readonly #start: FollowingStart;
  readonly #log: TokenLog;
  readonly #deadline: LapDeadline;
  readonly #acks: LoopAcks;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Nothing of this try has come yet: what was missed is taken by the entry's word, where the answer is known from before. */
  #mayMiss: boolean;
  /** It was asked, and the entry has not begun to tell. */
  #isAsking = false;
  /** The entry has said what it found in the caches. */
  #isBegun = false;
  #isPrefill = true;
  /** What was missed is known by the entry's word alone. */
  #isByWord = false;
  #isOver = false;
  #gaps = 0;
  #heardMs = performance.now();
  #finish: Generated['finishReason'] | undefined;
  #done: LoopDone | undefined;
  #resolve: (reason: Generated['finishReason']) => void = () => {};
  #reject: (error: PoolError) => void = () => {};

  constructor(start: FollowingStart, deadline: LapDeadline) {
    this.#start = start;
    this.#deadline = deadline;
    const { prompt, ids, options, past } = start;
    this.#log = new TokenLog([...prompt, ...ids], isDrafted(options));
    this.#acks = new LoopAcks({ ...start, length: this.#log.length });
    this.#mayMiss = past.isKnown;
  }

  run(): Promise<Generated['finishReason']> {
    const { options, ring, session } = this.#start;
    const { signal } = options;
    const onAbort = (): void => {
      ring.stop(session, true);
      this.#reject(new PoolError('cancelled', 'The answer was cancelled.'));
    };
    const outcome = new Promise<Generated['finishReason']>((resolve, reject) => {
      [this.#resolve, this.#reject] = [resolve, reject];
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#askSigned();
    });
    return outcome.finally(() => {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(this.#timer);
      this.#acks.close();
      this.#isOver = true;
      ring.leave(session);
      if (this.#done) options.onDrafted?.(this.#done);
    });
  }

  /** Whoever asks for the rest of an answer shows that it has signed for what it has of it. */
  #askSigned(): void {
    const { ids, options } = this.#start;
    this.#isAsking = true;
    if (!options.witness || ids.length === 0) this.#tryAsk();
    else
      this.#acks.sign().then(
        (delivery) => this.#isOver || this.#tryAsk(delivery),
        (cause) => this.#reject(PoolError.from(cause)),
      );
  }

  #tryAsk(delivery?: SignedDelivery): void {
    try {
      this.#ask(delivery);
    } catch (cause) {
      this.#reject(PoolError.from(cause));
    }
  }

  #ask(delivery?: SignedDelivery): void {
    const { prompt, ids, options, ring, session, nextTurn } = this.#start;
    const { sampling, jobGrant, logprobs, codec, eosIds, drafter = 'none' } = options;
    const known = [...prompt, ...ids];
    this.#expect(known.length);
    const maxTokens = wantedOf(prompt, ids, options);
    // What it may have begun of it nobody has witnessed: then it begins anew.
    const fresh = this.#start.past.isKnown ? {} : { isFresh: true as const };
    const loop = { maxTokens, eosIds: [...eosIds], drafter, turn: nextTurn(), ...fresh, delivery };
    const terms = { sampling, jobGrant, logprobs, codec, ...loop };
    ring.ask(session, { ids: known, ...terms }, this);
    // What it had may not have come there, and the loop rests for want of it.
    if (!delivery && ids.length > 0) this.#acks.say();
  }

  onMissed(position: number, rows: ResultRow[], epoch: number): void {
    if (this.#finish) return;
    if (!this.#mayMiss) throw lie('The entry says that its driver missed what it has not asked for.');
    const { ring, past } = this.#start;
    if (epoch < past.leastEpoch!) throw lie('The entry names an epoch that had no part in this answer.');
    // It has gone on over a ring that this driver has no link to yet.
    if (epoch > ring.epoch) throw new PoolError('epoch-stale', 'The answer has gone on over another ring.');
    this.#isPrefill = false;
    this.#isByWord = true;
    this.#expect(1);
    this.#take(this.#log.missed(position, rows), epoch);
  }

  onBegun(lap: number): void {
    this.#isBegun = false;
    this.#isAsking = false;
    this.#log.begin(lap);
  }

  onFed(lap: FedLap): void {
    if (this.#finish) return;
    // From now on both ends tell of each lap.
    this.#mayMiss = false;
    const { prompt, ids, options } = this.#start;
    // Told anew for each session, until one has given a token: what an earlier one found in a cache may be lost with it.
    if (!this.#isBegun && ids.length === 0) options.onCached?.(Math.min(prompt.length, lap.position));
    this.#isBegun = true;
    this.#take(this.#log.fed(lap).rows);
  }

  onSampled(lap: number, rows: ResultRow[], trace: TraceEntry[]): void {
    if (this.#finish) return;
    const joined = this.#log.sampled(lap, rows);
    if (rows.length > 0 && joined.laps > 0) this.#report(rows, trace, joined);
    this.#expect(this.#isPrefill ? this.#start.prompt.length : 1);
    this.#take(joined.rows);
  }

  onDone(done: LoopDone, position: number): void {
    this.#done = done;
    if (this.#finish) this.#resolve(this.#finish);
    else if ((this.#isByWord || this.#mayMiss) && this.#log.length >= position) this.#end(done.reason);
    // The exit's last word is on another link, and may be the later one.
    else this.#expect(1);
  }

  onError(error: PoolError): void {
    if (this.#finish) this.#resolve(this.#finish);
    else this.#reject(error);
  }

  /** A word that did not come is asked for again, once for all that is on its way; anything else is a lie. */
  onFault(fault: PoolError): void {
    const isGap = fault.code === 'link-failed';
    if (this.#finish || (isGap && this.#isAsking)) return;
    if (isGap && this.#gaps < MAX_GAPS) {
      this.#gaps++;
      this.#mayMiss = this.#start.past.isKnown;
      this.#askSigned();
    } else this.#reject(fault);
  }

  /** The next word comes in as long as so many rows may take. */
  #expect(rows: number): void {
    clearTimeout(this.#timer);
    const ms = this.#deadline.ofRows(rows);
    this.#timer = setTimeout(() => this.#reject(lapTimeout(ms)), ms);
  }

  /** A lap's time is that since the last one came: the loop leaves no pause between them. */
  #report(rows: ResultRow[], trace: TraceEntry[], joined: Joined): void {
    const { options, ring } = this.#start;
    const nowMs = performance.now();
    const lapMs = nowMs - this.#heardMs;
    this.#heardMs = nowMs;
    const isPrefill = this.#isPrefill;
    this.#isPrefill = false;
    if (!isPrefill) this.#deadline.learn(rows.length, lapMs);
    const stagesMs = trace.reduce((sum, entry) => sum + msOf(entry), 0);
    // From the exit back to the entry.
    const returnHopMs = Math.max(0, lapMs - stagesMs);
    options.onLap?.({ lap: { rows, trace, lapMs, returnHopMs }, ring, isPrefill, gained: joined.rows.length });
  }

  #take(rows: readonly ResultRow[], epoch = this.#start.ring.epoch): void {
    if (rows.length > 0) this.#start.past.isKnown = true;
    for (const row of rows) {
      if (this.#finish) return;
      const finish = this.#emit(row, epoch);
      if (finish) this.#end(finish);
    }
    this.#acks.reach(this.#log.length);
  }

  #emit(row: ResultRow, epoch: number): Generated['finishReason'] | undefined {
    const { prompt, ids, options, ring, session } = this.#start;
    if (options.eosIds.has(row.id)) return 'stop';
    ids.push(row.id);
    if (options.onToken(row, epoch)) {
      ring.stop(session, true);
      return 'stop';
    }
    return isWhole(prompt, ids, options) ? 'length' : undefined;
  }

  #end(reason: Generated['finishReason']): void {
    this.#finish = reason;
    this.#acks.reach(this.#log.length, true);
    clearTimeout(this.#timer);
    if (this.#done || !isDrafted(this.#start.options)) this.#resolve(reason);
    else this.#timer = setTimeout(() => this.#resolve(reason), DONE_WAIT_MS);
  }
}

const lie = (message: string): PoolError => new PoolError('stage-failed', message);

const isDrafted = ({ drafter = 'none' }: GenerateOptions): boolean => drafter !== 'none';

const lapTimeout = (ms: number): PoolError =>
  new PoolError('lap-timeout', `No answer came from the ring within ${Math.round(ms / 1000)} s.`);

const msOf = ({ queueMicros, uploadMicros, computeMicros, readbackMicros, hopMicros }: TraceEntry): number =>
  (queueMicros + uploadMicros + computeMicros + readbackMicros + hopMicros) / 1000;
