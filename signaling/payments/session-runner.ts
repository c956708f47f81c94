// Does what is to be done next with each paid session, one step at a time, and again after each event, each second and each start.
// The chain is read before anything is decided, so that a step whose outcome got lost is never done twice.
import type { Logger } from 'pino';
import type { Address, Hex } from 'viem';
import type { JobId } from '../../protocol/ids.ts';
import { ChainRefusal, chainFault } from '../chain/chain-error.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { type DecideOptions, type Decision, decideStep, isTooFarAhead } from './decide-step.ts';
import { type LateMoneyTools, returnLate, takeIn } from './late-money.ts';
import type { MarketSeats } from './market-seats.ts';
import { type PaidSession, worthNow } from './paid-session.ts';
import { payUp, type Sent } from './pay-up.ts';
import { SessionChain } from './session-chain.ts';
import type { SessionStore } from './session-store.ts';
import { isSameSplit, type Units } from './split.ts';
import { WorkNow } from './work-now.ts';

export interface RunnerOptions {
  chain: OpenChain;
  sender: ChainSender;
  store: SessionStore;
  seatsOf(contract: Address): MarketSeats;
  /** What a job that runs is worth so far, in wei, as its witness saw it. */
  runningWei(job: JobId): bigint;
  stopJob(job: JobId): void;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const LOOK_MS = 1000;
/** A chain that is away is asked again at this pace, and no faster. */
const PAUSE_MS = 5000;
/** Steps of one session in a row; more is a circle. */
const MOST_STEPS = 12;

export class SessionRunner {
  readonly #options: RunnerOptions;
  readonly #chain: SessionChain;
  readonly #turns = new Map<Hex, Promise<void>>();
  /** Sessions of which the chain is to be asked again: after a step of ours, an event, a start. */
  readonly #stale = new Set<Hex>();
  readonly #pausedUntilMs = new Map<Hex, number>();
  readonly #work = new WorkNow();
  readonly #moving = new Set<Address>();
  /** Streams that are being stopped, and sessions whose last transaction is on its way. */
  readonly #resting = new Map<Hex, Promise<void>>();
  readonly #ending = new Set<Hex>();
  #seatsPausedUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#chain = new SessionChain({ ...options, onSent: (key) => this.#stale.add(key) });
  }

  start(): void {
    this.changed(this.#options.store.live().map(({ key }) => key));
    this.#timer = setInterval(() => {
      this.#restAhead();
      for (const { key } of this.#options.store.live()) if (!this.#turns.has(key)) void this.kick(key);
      this.#keepSeats();
    }, LOOK_MS);
    this.#timer.unref();
  }

  /** The chain may say something new of these. */
  changed(keys: readonly Hex[]): void {
    for (const key of keys) {
      this.#stale.add(key);
      void this.kick(key);
    }
  }

  /** Resolves when nothing is to be done about it at this moment. */
  kick(key: Hex): Promise<void> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before
      .then(() => this.#advance(key))
      .catch((thrown) => this.#failed(key, thrown))
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return turn;
  }

  /** What came to its vault since it was paid for counts from now on. Rejects with what the chain failed with. */
  takeIn(session: PaidSession): Promise<void> {
    const { key } = session;
    const taking = (this.#turns.get(key) ?? Promise.resolve()).then(() => takeIn(session, this.#lateMoney()));
    const turn = taking
      .catch(() => undefined)
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return taking;
  }

  /** A coalition works on a job of this session, or another one does now. */
  workChanged(session: PaidSession, job: JobId, weights: ReadonlyMap<Address, bigint>): void {
    // Who is paid at the end is paid by receipts, whoever has units.
    if (session.mode === 'stream') this.#work.changed(session, job, weights);
    void this.kick(session.key);
    this.#keepSeats();
  }

  /** Units of those who work now; what could not be moved is tried again with each look. */
  #keepSeats(): void {
    if (performance.now() < this.#seatsPausedUntilMs) return;
    for (const contract of this.#work.contracts()) {
      if (this.#moving.has(contract)) continue;
      this.#moving.add(contract);
      void this.#moveSeats(contract)
        .catch((thrown) => {
          this.#seatsPausedUntilMs = performance.now() + PAUSE_MS;
          this.#options.logger.warn({ contract, why: chainFault(thrown).message }, 'seats could not be moved yet');
        })
        .finally(() => this.#moving.delete(contract));
    }
  }

  /** Somebody else moves seats with our key: nothing streams any more, and whoever worked is paid past the pool. */
  shareKey(): void {
    this.#work.giveUpSeats();
    this.changed(this.#options.store.live().map(({ key }) => key));
  }

  workEnded(session: PaidSession, job: JobId): void {
    this.#work.ended(job);
    void this.kick(session.key);
  }

  /** Nobody will look after streams: those that run are told to stop, and are written down so. */
  async restAll(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const streaming = this.#options.store.live().filter((session) => this.#isStreaming(session));
    await Promise.allSettled(streaming.map((session) => this.#beginRest(session)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await Promise.allSettled(this.#turns.values());
  }

  async #advance(key: Hex): Promise<void> {
    const { store, logger } = this.#options;
    // Before the start nobody has asked the chain about it.
    if (!this.#timer) return;
    if (performance.now() < (this.#pausedUntilMs.get(key) ?? 0)) return;
    for (let steps = 0; steps < MOST_STEPS && !this.#isClosed; steps++) {
      const session = store.find(key);
      if (!session || session.state === 'paying') return;
      if (this.#stale.delete(key)) {
        // At once, so that a stream is known to run while this waits for its turn.
        await this.#chain.read(session);
        await this.#syncInTurn(session);
      }
      const decision = decideStep(session, this.#known(session));
      if (decision.do === 'wait') return;
      if (decision.do === 'nothing') return this.#over(session);
      if (decision.do === 'stop-jobs') {
        // Who waited in vain is not to blame for it.
        session.isFailed ||=
          session.endAskedAt === undefined && [...session.jobs.values()].some((job) => !job.hasBegun);
        for (const job of session.jobs.keys()) this.#options.stopJob(job);
        return;
      }
      logger.info({ session: key, step: decision.do }, 'a step of a paid session');
      await this.#take(session, decision);
    }
  }

  async #take(
    session: PaidSession,
    decision: Exclude<Decision, { do: 'wait' | 'nothing' | 'stop-jobs' }>,
  ): Promise<void> {
    const { quote, payer } = session;
    if (decision.do === 'close' || decision.do === 'settle' || decision.do === 'reclaim') {
      // Before anything is awaited: what is asked for from now on could not be paid with it.
      session.endAskedAt ??= Math.floor(Date.now() / 1000);
      await this.#options.store.save(session);
    }
    switch (decision.do) {
      case 'open':
        await this.#moveSeats(quote.pool);
        return this.#inTurnWithSeats(session, () => this.#chain.open(session));
      case 'rate':
        if (decision.rateWei > 0n) return this.#inTurnWithSeats(session, () => this.#rate(session, decision.rateWei));
        return this.#rest(session);
      case 'tick': {
        const seats = this.#options.seatsOf(quote.pool);
        return seats.inTurn(() => this.#tick(session, seats));
      }
      case 'reclaim':
        await this.#chain.send(session, 'reclaim', 'reclaim', [quote, payer]);
        session.outcome ??= 'Nothing was earned with it: all of it went back.';
        return;
      case 'close':
      case 'settle': {
        await this.#end(session, decision.do);
        session.outcome ??= 'Its operators were paid, and the rest went back.';
      }
    }
  }

  /** By the units of its turn; the next one's turn does not wait until the chain has it. */
  async #end(session: PaidSession, how: 'close' | 'settle'): Promise<void> {
    const seats = this.#options.seatsOf(session.quote.pool);
    try {
      const sent = await seats.inTurn(async () => {
        await this.#chain.sync(session);
        if (session.chain.state === 'closed') return undefined;
        this.#ending.add(session.key);
        return this.#payUp(session, how, seats);
      });
      await sent?.mined;
    } finally {
      this.#ending.delete(session.key);
    }
  }

  #isStreaming({ key, state, chain }: PaidSession): boolean {
    return state === 'live' && chain.state === 'open' && chain.rateWei > 0n && !this.#ending.has(key);
  }

  /** Streams that are ahead of their work stop, whatever else waits for its turn or for the chain. */
  #restAhead(): void {
    for (const session of this.#options.store.live()) {
      const isPaused = performance.now() < (this.#pausedUntilMs.get(session.key) ?? 0);
      if (isPaused || !this.#isStreaming(session) || !isTooFarAhead(session, this.#known(session))) continue;
      void this.#rest(session).catch((thrown) => this.#failed(session.key, thrown));
    }
  }

  /** Once, whoever asks for it. */
  #rest(session: PaidSession): Promise<void> {
    const { key } = session;
    const before = this.#resting.get(key);
    if (before) return before;
    const rest = (async () => {
      await (await this.#beginRest(session)).mined;
      await this.#chain.read(session);
    })().finally(() => this.#resting.delete(key));
    this.#resting.set(key, rest);
    return rest;
  }

  async #beginRest(session: PaidSession): Promise<Sent> {
    const sent = await this.#chain.begin(session, 'rest', 'setRate', [session.quote, 0n]);
    session.rests++;
    return sent;
  }

  /** A stream begins while its operators have the seats: others may have got them while this one waited for its turn. */
  #inTurnWithSeats(session: PaidSession, act: () => Promise<void>): Promise<void> {
    return this.#options.seatsOf(session.quote.pool).inTurn(async () => {
      if (this.#work.hasSeats(session)) await act();
    });
  }

  async #rate(session: PaidSession, rateWei: bigint): Promise<void> {
    await this.#chain.send(session, 'rate', 'setRate', [session.quote, rateWei]);
  }

  /** Within the market pool's turn: what receipts are worth beyond the stream goes to whom it is due. */
  async #tick(session: PaidSession, seats: MarketSeats): Promise<void> {
    await this.#chain.sync(session);
    if (session.chain.state !== 'open' || worthNow(session) <= session.hadOfWei) return;
    await (await this.#payUp(session, 'tick', seats)).mined;
    await this.#chain.sync(session);
  }

  #syncInTurn(session: PaidSession): Promise<void> {
    return this.#options.seatsOf(session.quote.pool).inTurn(() => this.#chain.sync(session));
  }

  /** Before units move, what is earned beyond the stream is paid under those that were, and streams to those who go rest. */
  async #moveSeats(contract: Address): Promise<void> {
    const { store, seatsOf } = this.#options;
    const seats = seatsOf(contract);
    await seats.inTurn(async () => {
      const wanted = (): Units => this.#work.wantedUnits(contract, seats.operatorUnits);
      if (wanted().size === 0 || isSameSplit(wanted(), seats.units)) return;
      const open = store.live().filter(({ quote, chain }) => quote.pool === contract && chain.state === 'open');
      for (const session of open) {
        if (this.#ending.has(session.key)) continue;
        if (session.chain.rateWei > 0n && !this.#work.hasSeats(session)) await this.#rest(session);
        await this.#tick(session, seats);
      }
      await seats.setTo(wanted());
    });
  }

  #payUp(session: PaidSession, how: 'tick' | 'close' | 'settle', seats: MarketSeats): Promise<Sent> {
    return payUp(session, how, {
      seats,
      begin: (step, functionName, args) => this.#chain.begin(session, step, functionName, args),
      signed: () => this.#chain.signed(session),
      isPoolOthers: this.#work.isOthers,
    });
  }

  #known(session: PaidSession): DecideOptions {
    return {
      now: Math.floor(Date.now() / 1000),
      runningWei: this.#runningWei(session),
      blockSeconds: this.#options.chain.chain.blockSeconds,
      hasSeats: this.#work.hasSeats(session),
      owesOutsiders: this.#work.owesOutsiders(session),
    };
  }

  #runningWei({ jobs }: PaidSession): bigint {
    const running = [...jobs.values()].filter(({ hasBegun }) => hasBegun);
    return running.reduce((sum, { job }) => sum + this.#options.runningWei(job), 0n);
  }

  #lateMoney(): LateMoneyTools {
    return {
      chain: this.#options.chain,
      send: (...step) => this.#chain.send(...step),
      sync: (session) => this.#syncInTurn(session),
      save: (session) => this.#options.store.save(session),
    };
  }

  async #over(session: PaidSession): Promise<void> {
    await returnLate(session, this.#lateMoney());
    session.state = 'over';
    session.endedAt ??= Math.floor(Date.now() / 1000);
    session.outcome ??= 'It was ended on the chain.';
    await this.#options.store.save(session);
    this.#pausedUntilMs.delete(session.key);
    this.#stale.delete(session.key);
    this.#work.forget(session.key);
  }

  #failed(key: Hex, thrown: unknown): void {
    const { logger } = this.#options;
    this.#stale.add(key);
    this.#pausedUntilMs.set(key, performance.now() + PAUSE_MS);
    const fault = chainFault(thrown);
    const why = fault instanceof ChainRefusal ? fault.reason : fault.code;
    logger.warn({ session: key, why, err: fault instanceof ChainRefusal ? fault : undefined }, 'a paid session waits');
  }
}
