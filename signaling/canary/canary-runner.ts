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
import { formingOf } from '../roster/coalitions.ts';
import type { Verdict } from '../roster/end-trial.ts';
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
  ended(pool: PoolId, epoch: number, verdict: Verdict): void;
  receiptTimeoutMs?: number | undefined;
  /** Most time for a lap of stages that say that they take none. */
  leastWaitMs?: number | undefined;
}

interface Trial {
  readonly job: JobId;
  readonly nonce: string;
  readonly pool: PoolId;
  readonly coalition: Coalition;
  readonly prompt: readonly number[];
  readonly ids: number[];
  hasEnded: boolean;
  /** How many of them are beyond doubt. */
  sure: number;
  isUnsure: boolean;
  timer: NodeJS.Timeout;
}

/** What any language model goes on with in one way. */
const COUNTING = '1, 2, 3, 4, 5, 6, 7,';
const MOST_PROMPT_TOKENS = 16;
/** The prompt in one lap, and a lap for each id but the last. */
const ANSWER_TOKENS = 4;
/**
 * Natural logarithms between the first choice and the second: runtimes and int4 kernels differ by less. An answer is compared
 * up to the first id that is not as sure.
 */
const SURE_GAP = 1;
/** Most that a tab may take which loads a tokenizer, compiles a kernel, or computes beside others on one machine. */
const LEAST_WAIT_MS = 30_000;
const MOST_WAIT_MS = 120_000;
/** Nobody is paid by these receipts: whoever waits for the coalition waits for them. */
const RECEIPTS_MS = 5_000;
/** A lap may take so many times as long as its stages said. */
const PATIENCE = 10;

export class CanaryRunner {
  readonly #options: CanaryOptions;
  readonly #collector: ReceiptCollector;
  readonly #trials = new Map<JobId, Trial>();
  #isClosed = false;

  constructor(options: CanaryOptions) {
    this.#options = options;
    const { serverId: server, send, receiptTimeoutMs: timeoutMs = RECEIPTS_MS } = options;
    this.#collector = new ReceiptCollector({ server, send, timeoutMs });
  }

  async begin(pool: Pool, coalition: Coalition): Promise<void> {
    const { send, sign } = this.#options;
    const entry = coalition.seats[0]!.peer;
    const prompt = await this.#promptOf(pool);
    if (this.#isClosed) return;
    const [job, nonce] = [randomId() as JobId, randomId()];
    const { leastWaitMs = LEAST_WAIT_MS } = this.#options;
    const waitMs = Math.min(MOST_WAIT_MS, leastWaitMs + patienceMs(pool, coalition, prompt.length));
    const maxPosition = prompt.length + ANSWER_TOKENS;
    const expires = Math.ceil((Date.now() + waitMs) / 1000);
    const grant = sealGrant(
      { job, nonce, pool: pool.id, driver: entry, sessions: 1, maxPosition, own: [], expires },
      sign,
    );
    const trial: Trial = {
      ...{ job, nonce, pool: pool.id, coalition, prompt, ids: [], hasEnded: false, sure: 0, isUnsure: false },
      timer: setTimeout(() => void this.#judge(trial, undefined), waitMs),
    };
    this.#trials.set(job, trial);
    const request = requestFor(prompt);
    if (!send(entry, { type: 'job-start', job, grant, epoch: coalition.epoch, request })) this.#drop(trial);
  }

  /** False for the events of a job that is no canary. */
  hear(peer: PeerId, event: JobEvent): boolean {
    const trial = this.#trials.get(event.job);
    if (!trial) return false;
    if (trial.coalition.seats[0]?.peer !== peer) return true;
    if (event.type === 'delta') take(trial, event);
    if (event.type === 'finished') trial.hasEnded = true;
    if (event.type === 'done') void this.#judge(trial, trial.hasEnded ? trial.ids : undefined);
    if (event.type === 'failed') void this.#judge(trial, undefined);
    return true;
  }

  receiptsCame(peer: PeerId, job: JobId, epoch: number, receipts: readonly SignedReceipt[]): void {
    this.#collector.take(peer, job, epoch, receipts);
  }

  peerGone(peer: PeerId): void {
    this.#options.known.left(peer);
    this.#collector.peerGone(peer);
    // The roster gives the coalition up by itself.
    for (const trial of this.#trials.values()) {
      if (trial.coalition.seats.some((seat) => seat.peer === peer)) this.#drop(trial);
    }
  }

  /** A trial whose coalition forms no more is over. */
  poolChanged(id: PoolId, pool: Pool | undefined): void {
    const tried = pool && formingOf(pool);
    // Whoever comes next to an empty pool is compared with nobody.
    if (!pool?.manifest) this.#options.known.forget(id);
    for (const trial of this.#trials.values()) {
      if (trial.pool === id && trial.coalition.epoch !== tried?.coalition.epoch) this.#drop(trial);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const trial of this.#trials.values()) this.#drop(trial);
  }

  /** The site's own, else counting in the model's own tokens; three numbers where it has no tokens that can be read. */
  async #promptOf(pool: Pool): Promise<number[]> {
    const { known, promptIds } = this.#options;
    const ofSite = known.ofSite(pool.id)?.prompt;
    const room = Math.max(1, Math.min(MOST_PROMPT_TOKENS, (pool.manifest?.maxContext ?? 0) - ANSWER_TOKENS));
    const ids = ofSite ?? (await promptIds(pool, COUNTING).catch(() => [1, 2, 3]));
    return ids.slice(0, ofSite?.length ?? room);
  }

  async #judge(trial: Trial, ids: readonly number[] | undefined): Promise<void> {
    if (!this.#trials.has(trial.job)) return;
    this.#drop(trial);
    const { known, ended, logger, send } = this.#options;
    const { job, nonce, pool, coalition, prompt } = trial;
    const { epoch, seats } = coalition;
    if (!ids) send(seats[0]!.peer, { type: 'job-cancel', job });
    const signed = await this.#collector.collect(job, [{ epoch, seats }]);
    if (this.#isClosed) return;
    const receipts = seats.map(({ peer, start, end }) => {
      const own = signed.filter(({ receipt }) => receipt.peer === peer && receipt.nonce === nonce);
      return own.map(({ receipt }) => receipt).find((receipt) => receipt.start === start && receipt.end === end);
    });
    const positions = prompt.length + Math.max(0, trial.ids.length - 1);
    const verdict = judgeLap({
      seats,
      ids,
      positions,
      receipts,
      expected: known.expected(pool),
      shown: known.shown(pool),
    });
    if (verdict.kind === 'shown')
      known.learn(
        pool,
        trial.ids.slice(0, trial.sure),
        seats.map(({ peer }) => peer),
      );
    else
      logger.warn(
        { pool, epoch, kind: verdict.kind, peers: verdict.peers },
        'a canary lap did not show what its stages say',
      );
    ended(pool, epoch, verdict);
  }

  #drop(trial: Trial): void {
    clearTimeout(trial.timer);
    this.#trials.delete(trial.job);
  }
}

function requestFor(prompt: readonly number[]): JobRequest {
  return {
    prompt: { kind: 'ids', ids: [...prompt] },
    ...{ temperature: 0, seed: 0, maxTokens: ANSWER_TOKENS, stop: [], choices: 1, logprobs: 2, drafter: 'none' },
    codec: 'exact',
  };
}

/** An entry that says more than it was asked for has its answer cut: it must be right as far as it goes. */
function take(trial: Trial, { ids, logprobs = [] }: JobEvent & { type: 'delta' }): void {
  for (const [at, id] of ids.entries()) {
    if (trial.ids.length >= ANSWER_TOKENS) return;
    trial.ids.push(id);
    const [first, second] = logprobs[at]?.top ?? [];
    const isSure = first !== undefined && second !== undefined && first.logprob - second.logprob >= SURE_GAP;
    if (isSure && !trial.isUnsure) trial.sure += 1;
    else trial.isUnsure = true;
  }
}

const randomId = (): string => randomBytes(16).toString('hex');

function patienceMs(pool: Pool, { seats }: Coalition, promptTokens: number): number {
  const paces = new Map(pool.peers.map(({ peer, capability }) => [peer, capability.msPerLayer]));
  const lapMs = seats.reduce((sum, { peer, start, end }) => sum + (end - start) * (paces.get(peer) ?? 0), 0);
  return PATIENCE * lapMs * (promptTokens + ANSWER_TOKENS);
}
