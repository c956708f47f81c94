// Tries a coalition before it serves: its entry drives one short answer over the real links, and whoever has a seat signs what it
// did. Pays nobody, asks nobody's prompt, and sees no text but its own.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { sealGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent, JobRequest } from '../../protocol/job.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import type { SignText } from '../../protocol/signed-token.ts';
import { ReceiptCollector } from '../jobs/collect-receipts.ts';
import { coalitionsOf, readyOf, servingOf } from '../roster/coalitions.ts';
import type { TrialEnd } from '../roster/end-trial.ts';
import type { Pool } from '../roster/roster-state.ts';
import { judgeLap } from './judge-lap.ts';
import type { KnownAnswers } from './known-answers.ts';

export interface CanaryOptions {
  known: KnownAnswers;
  sign: SignText;
  serverId: PeerId;
  logger: Logger;
  /** Token ids of a text in a pool's model; rejects where it cannot be read. */
  promptIds(pool: Pool, text: string): Promise<number[]>;
  send(peer: PeerId, message: ServerMessage): boolean;
  ended(pool: PoolId, epoch: number, verdict: TrialEnd): void;
  receiptTimeoutMs?: number | undefined;
  /** Most time for a lap of stages that say that they take none. */
  leastWaitMs?: number | undefined;
}

interface Trial {
  /** Another one for each time that it is begun again. */
  job: JobId;
  nonce: string;
  readonly pool: PoolId;
  readonly coalition: Coalition;
  readonly prompt: readonly number[];
  /** Ids that are asked for. */
  readonly tokens: number;
  ids: number[];
  hasEnded: boolean;
  /** It is over, and receipts are waited for. */
  isJudged: boolean;
  readonly deadlineMs: number;
  askedMs: number;
  /** When the first of its ids came. */
  firstMs: number | undefined;
  /** How many of them are beyond doubt. */
  sure: number;
  isUnsure: boolean;
  /** Who was heard when receipts were asked for. */
  answered: Set<PeerId>;
  timer: NodeJS.Timeout;
}

/** What any language model goes on with in one way. */
const COUNTING = '1, 2, 3, 4, 5, 6, 7,';
const MOST_PROMPT_TOKENS = 8;
/** Where nobody can read the model's tokens, or not soon: a coalition may be waited for. */
const NUMBERS = [1, 2, 3];
const PROMPT_MS = 5_000;
/** No fault of a stage: it drives as many answers as it may, or its links are still made. */
const LATER: ReadonlySet<string> = new Set(['sessions-full', 'epoch-stale']);
const AGAIN_MS = 1_000;
/** The prompt in one lap, and a lap for each id but the last. */
const ANSWER_TOKENS = 4;
/** One lap, where answers stand still meanwhile: a spare has taken a lost tab's seat. */
const URGENT_TOKENS = 1;
/**
 * Natural logarithms between the first choice and the second: runtimes and int4 kernels differ by less. An answer is compared
 * up to the first id that is not as sure.
 */
const SURE_GAP = 1;
/** Most that a tab may take which loads a tokenizer, compiles a kernel, or computes beside others on one machine. */
const LEAST_WAIT_MS = 30_000;
/** Whoever stands still in a coalition that serves is looked for after so long. */
const MUTE_MS = 8_000;
const MOST_WAIT_MS = 300_000;
/** A lap takes so much at least of an answer's time per id: the first id has the prompt, and what is compiled. */
const LEAST_SHARE = 8;
/** A lap may take so many times as long as its stages said. */
const PATIENCE = 10;

export class CanaryRunner {
  readonly #options: CanaryOptions;
  readonly #collector: ReceiptCollector;
  readonly #trials = new Map<JobId, Trial>();
  /** Who has answered a look for those that stand still, by the job that never was. */
  readonly #looks = new Map<JobId, Set<PeerId>>();
  /** Those whose prompt is still read. */
  readonly #preparing = new Set<Pick<Trial, 'pool' | 'coalition'> & { isGiven: boolean }>();
  #isClosed = false;

  constructor(options: CanaryOptions) {
    this.#options = options;
    const { serverId: server, send, receiptTimeoutMs: timeoutMs } = options;
    this.#collector = new ReceiptCollector({ server, send, timeoutMs });
  }

  async begin(pool: Pool, coalition: Coalition): Promise<void> {
    const { leastWaitMs = LEAST_WAIT_MS } = this.#options;
    const seats = coalition.seats.length;
    const begunMs = performance.now();
    const tried = { pool: pool.id, coalition, isGiven: false };
    this.#preparing.add(tried);
    const prompt = await this.#promptOf(pool);
    this.#preparing.delete(tried);
    if (this.#isClosed || tried.isGiven || seats === 0) return;
    const waitMs = Math.min(MOST_WAIT_MS, leastWaitMs + patienceMs(pool, coalition, prompt.length));
    const trial: Trial = {
      ...{ job: '' as JobId, nonce: '', pool: pool.id, coalition, prompt, tokens: tokensFor(pool, coalition) },
      ...{ ids: [], hasEnded: false, isJudged: false, answered: new Set<PeerId>() },
      ...{ askedMs: begunMs, firstMs: undefined, sure: 0, isUnsure: false, deadlineMs: begunMs + waitMs },
      timer: setTimeout(() => void this.#judge(trial, undefined), waitMs),
    };
    this.#ask(trial);
    if (coalition.state === 'ready') setTimeout(() => void this.#lookForMute(trial), Math.min(MUTE_MS, waitMs));
  }

  /**
   * One that serves may be busy, and has all the time that one has which forms; a worker that stands still is found sooner. Each is
   * asked for receipts of a job that never was: asked for the trial's, it would compute no more of it. Who works says that it has
   * none, and who stands still says nothing.
   */
  async #lookForMute(trial: Trial): Promise<void> {
    const isOver = (): boolean => this.#trials.get(trial.job) !== trial || trial.isJudged;
    if (isOver()) return;
    const { epoch, seats } = trial.coalition;
    const never = randomId() as JobId;
    const heard = new Set<PeerId>();
    this.#looks.set(never, heard);
    await this.#collector.collect(never, [{ epoch, seats }]);
    this.#looks.delete(never);
    if (!isOver() && seats.some(({ peer }) => !heard.has(peer))) await this.#judge(trial, undefined);
  }

  /** With a job of its own: what an earlier one left behind says nothing of this one. */
  #ask(trial: Trial): void {
    const { send, sign } = this.#options;
    const { pool, coalition, prompt, tokens } = trial;
    const [job, nonce, entry] = [randomId() as JobId, randomId(), coalition.seats[0]!.peer];
    this.#trials.delete(trial.job);
    Object.assign(trial, {
      job,
      nonce,
      ids: [],
      firstMs: undefined,
      hasEnded: false,
      sure: 0,
      isUnsure: false,
    });
    this.#trials.set(job, trial);
    const maxPosition = prompt.length + tokens;
    const expires = Math.ceil((Date.now() + Math.max(0, trial.deadlineMs - performance.now())) / 1000);
    const most = { sessions: 1, maxPosition, promptTokens: prompt.length };
    const grant = sealGrant({ job, nonce, pool, driver: entry, ...most, own: [], expires }, sign);
    const request = requestFor(prompt, tokens);
    if (!send(entry, { type: 'job-start', job, grant, epoch: coalition.epoch, request })) this.#drop(trial);
  }

  /** False for the events of a job that is no canary. */
  hear(peer: PeerId, event: JobEvent): boolean {
    const trial = this.#trials.get(event.job);
    if (!trial) return false;
    if (trial.coalition.seats[0]?.peer !== peer || trial.isJudged) return true;
    if (event.type === 'delta') {
      trial.firstMs ??= performance.now();
      take(trial, event);
    }
    if (event.type === 'finished') trial.hasEnded = true;
    if (event.type === 'done') void this.#judge(trial, trial.hasEnded ? trial.ids : undefined);
    if (event.type === 'failed') this.#fail(trial, event.error.code);
    return true;
  }

  /** Who is busy, or still links, is asked again while there is time. */
  #fail(trial: Trial, code: string): void {
    const { job, pool, coalition } = trial;
    const isBusy = LATER.has(code);
    const isLater = isBusy && performance.now() + AGAIN_MS < trial.deadlineMs;
    if (isBusy && !isLater && coalition.state === 'ready') {
      this.#drop(trial);
      this.#options.ended(pool, coalition.epoch, { kind: 'unknown' });
    } else if (!isLater) void this.#judge(trial, undefined);
    else setTimeout(() => this.#trials.get(job) === trial && !trial.isJudged && this.#ask(trial), AGAIN_MS);
  }

  receiptsCame(peer: PeerId, job: JobId, epoch: number, receipts: readonly SignedReceipt[]): void {
    this.#trials.get(job)?.answered.add(peer);
    this.#looks.get(job)?.add(peer);
    this.#collector.take(peer, job, epoch, receipts);
  }

  peerGone(peer: PeerId): void {
    this.#options.known.left(peer);
    this.#collector.peerGone(peer);
    this.#giveUp(({ coalition }) => coalition.seats.some((seat) => seat.peer === peer));
  }

  /** A trial whose coalition is given up is over. */
  poolChanged(id: PoolId, pool: Pool | undefined): void {
    // Whoever comes next to an empty pool is compared with nobody.
    if (!pool?.manifest) this.#options.known.forget(id);
    const known = pool ? coalitionsOf(pool) : [];
    const isThere = ({ epoch, state }: Coalition): boolean =>
      known.some((coalition) => coalition.epoch === epoch && coalition.state === state);
    this.#giveUp((trial) => trial.pool === id && !isThere(trial.coalition));
  }

  close(): void {
    this.#isClosed = true;
    this.#giveUp(() => true);
  }

  /** The roster has given up these coalitions by itself. */
  #giveUp(isMeant: (trial: Pick<Trial, 'pool' | 'coalition'>) => boolean): void {
    for (const tried of this.#preparing) if (isMeant(tried)) tried.isGiven = true;
    for (const trial of this.#trials.values()) {
      if (!isMeant(trial)) continue;
      if (!trial.isJudged) this.#options.send(trial.coalition.seats[0]!.peer, { type: 'job-cancel', job: trial.job });
      this.#drop(trial);
    }
  }

  /**
   * What the pool was asked before, else counting in the model's own tokens; three numbers where it has none that can be read
   * in time: what is asked is kept with what was answered.
   */
  async #promptOf(pool: Pool): Promise<readonly number[]> {
    const { known, promptIds } = this.#options;
    const asked = known.of(pool.id)?.prompt;
    if (asked) return asked;
    const room = Math.max(1, Math.min(MOST_PROMPT_TOKENS, (pool.manifest?.maxContext ?? 0) - ANSWER_TOKENS));
    const late = new Promise<number[]>((resolve) => setTimeout(resolve, PROMPT_MS, NUMBERS).unref());
    const ids = await Promise.race([promptIds(pool, COUNTING).catch(() => NUMBERS), late]);
    return ids.slice(0, room);
  }

  async #judge(trial: Trial, ids: readonly number[] | undefined): Promise<void> {
    if (trial.isJudged) return;
    trial.isJudged = true;
    const lapMs = lapMsOf(trial);
    clearTimeout(trial.timer);
    const { known, ended, logger, send } = this.#options;
    const { job, nonce, pool, coalition, prompt } = trial;
    const { epoch, seats } = coalition;
    if (!ids) send(seats[0]!.peer, { type: 'job-cancel', job });
    const signed = await this.#collector.collect(job, [{ epoch, seats }]);
    if (this.#trials.get(job) !== trial) return;
    this.#drop(trial);
    const receipts = seats.map(({ peer, start, end }) => {
      const own = signed.filter(({ receipt }) => receipt.peer === peer && receipt.nonce === nonce);
      return own.map(({ receipt }) => receipt).find((receipt) => receipt.start === start && receipt.end === end);
    });
    const positions = prompt.length + Math.max(0, trial.ids.length - 1);
    const peers = seats.map(({ peer }) => peer);
    const shown = known.shown(pool);
    const expected = known.expected(pool, peers).slice(0, trial.tokens);
    const verdict = judgeLap({ seats, ids, positions, receipts, expected, shown, answered: trial.answered });
    if (verdict.kind === 'shown') known.learn(pool, { prompt, ids: trial.ids.slice(0, trial.sure) }, peers);
    else {
      const { kind, peers: blamed } = verdict;
      logger.warn({ pool, epoch, kind, peers: blamed }, 'a canary lap did not show what its stages say');
    }
    ended(pool, epoch, verdict.kind === 'shown' && lapMs !== undefined ? { ...verdict, lapMs } : verdict);
  }

  #drop(trial: Trial): void {
    clearTimeout(trial.timer);
    this.#trials.delete(trial.job);
  }
}

/**
 * What a lap took, from the first id to the last, by this server's clock: what is compiled and linked on the way is in the lap
 * before the first. An entry that tells the first one late gains little: a lap takes no less than a share of the whole. Undefined
 * where there was none between the two.
 */
function lapMsOf({ askedMs, firstMs, ids }: Trial): number | undefined {
  if (firstMs === undefined || ids.length < 2) return undefined;
  const nowMs = performance.now();
  return Math.max((nowMs - firstMs) / (ids.length - 1), (nowMs - askedMs) / (LEAST_SHARE * ids.length));
}

function requestFor(prompt: readonly number[], maxTokens: number): JobRequest {
  return {
    prompt: { kind: 'ids', ids: [...prompt] },
    ...{ temperature: 0, seed: 0, maxTokens, stop: [], choices: 1, logprobs: 2, drafter: 'none' },
    codec: 'exact',
    trial: true,
  };
}

/** An entry that says more than it was asked for has its answer cut: it must be right as far as it goes. */
function take(trial: Trial, { ids, logprobs = [] }: JobEvent & { type: 'delta' }): void {
  for (const [at, id] of ids.entries()) {
    if (trial.ids.length >= trial.tokens) return;
    trial.ids.push(id);
    const [first, second] = logprobs[at]?.top ?? [];
    const isSure = first !== undefined && second !== undefined && first.logprob - second.logprob >= SURE_GAP;
    if (isSure && !trial.isUnsure) trial.sure += 1;
    else trial.isUnsure = true;
  }
}

/** A pool whose coalition broke has people waiting, and so has one over which answers stand still; any other one can take its time. */
const tokensFor = (pool: Pool, { state }: Coalition): number => {
  const isBroken = pool.hasServed && servingOf(pool)?.state === 'broken' && readyOf(pool).length === 0;
  return isBroken || state === 'ready' ? URGENT_TOKENS : ANSWER_TOKENS;
};

const randomId = (): string => randomBytes(16).toString('hex');

function patienceMs(pool: Pool, { seats }: Coalition, promptTokens: number): number {
  const paces = new Map(pool.peers.map(({ peer, capability }) => [peer, capability.msPerLayer]));
  const lapMs = seats.reduce((sum, { peer, start, end }) => sum + (end - start) * (paces.get(peer) ?? 0), 0);
  return PATIENCE * lapMs * (promptTokens + ANSWER_TOKENS);
}
