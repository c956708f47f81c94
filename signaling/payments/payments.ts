// Paid sessions as the rest of the server sees them: offers, payments, keys, their end and their log. Puts the parts of this folder
// together over one chain.
import { randomBytes } from 'node:crypto';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { type Address, getAddress, type Hex, isAddressEqual, zeroAddress } from 'viem';
import type { Chain } from '../../protocol/chains.ts';
import type { Price } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { KnownTransaction } from '../chain/chain-call.ts';
import { ChainRefusal, chainFault, unreachable } from '../chain/chain-error.ts';
import { ChainSender } from '../chain/chain-sender.ts';
import { ChainWatcher } from '../chain/chain-watcher.ts';
import { OwnKey } from '../chain/own-key.ts';
import { type OwnerId, readOwner } from '../ledger/owner.ts';
import type { Funding } from '../money/funding.ts';
import { weiOfPico } from './amounts.ts';
import { Facilitator } from './facilitator.ts';
import { MarketReader } from './market-reader.ts';
import { MarketSeats } from './market-seats.ts';
import { OFFER_SECONDS, type Offer, Offers } from './offers.ts';
import { NOT_OPENED, type PaidSession } from './paid-session.ts';
import type { MarketTerms, Paid, PaymentsOptions } from './payment-types.ts';
import { watchPayments } from './payment-watch.ts';
import { type Ask, type ChainCosts, planOffer } from './plan-offer.ts';
import { readEscrow } from './read-escrow.ts';
import { takeOverLost } from './rebuild-sessions.ts';
import { Reread } from './reread.ts';
import { hashSecret, makeSessionKey } from './session-keys.ts';
import { SessionReports } from './session-reports.ts';
import { SessionRunner } from './session-runner.ts';
import { SessionStore } from './session-store.ts';
import { TopUps } from './top-ups.ts';
import { createUsdcFunding } from './usdc-funding.ts';

/** A payment of which nobody knows yet is looked after at this pace. */
const LOOK_MS = 5_000;
const MAX_OF_PAYER = 50;
/** Longer than an authorization holds. */
const WAIT_SECONDS = 2 * OFFER_SECONDS + 60;

export class Payments {
  readonly funding: Funding;
  readonly topUps: TopUps;
  readonly reports: SessionReports;
  readonly markets: MarketReader;
  readonly offers: Offers;
  readonly #options: PaymentsOptions;
  readonly #costs: ChainCosts;
  readonly #store: SessionStore;
  readonly #runner: SessionRunner;
  readonly #sender: ChainSender;
  readonly #facilitator: Facilitator;
  readonly #watcher: ChainWatcher;
  readonly #timer: NodeJS.Timeout;
  /** Payments that a request of this moment sees through. */
  readonly #taking = new Set<Hex>();
  readonly #ownKey: OwnKey;

  private constructor(options: PaymentsOptions, store: SessionStore, escrow: Awaited<ReturnType<typeof readEscrow>>) {
    const { db, chain, logger } = options;
    this.#options = options;
    this.#store = store;
    this.#sender = new ChainSender(chain, db);
    this.#facilitator = new Facilitator(chain, this.#sender);
    this.#costs = escrow.costs;
    this.offers = new Offers({
      ...{ chain: chain.chain, escrow: chain.contracts.escrow, usdc: escrow.usdc },
      // One of this machine is at another address each time, and no wallet knows it.
      ...(chain.chain.key === 'local' ? { rpcUrl: chain.reader.transport.url } : {}),
    });
    const seats = new Map<Address, MarketSeats>();
    this.#runner = new SessionRunner({
      ...{ chain, sender: this.#sender, store, logger },
      seatsOf: (contract) => {
        const known = seats.get(contract);
        if (known) return known;
        const made = new MarketSeats({ db, chain, sender: this.#sender, contract });
        seats.set(contract, made);
        return made;
      },
      runningWei: (job) => weiOfPico(options.runningPico(job)),
      stopJob: options.stopJob,
    });
    this.#ownKey = new OwnKey({ chain, db, logger, onShared: () => this.#runner.shareKey() });
    const reread = new Reread({
      ...{ chain, store, seats, forgetEnds: () => this.reports.forgetEnds() },
      onChanged: (keys) => this.#runner.changed(keys),
    });
    this.#watcher = new ChainWatcher({
      ...{ chain, db, logger, markets: options.markets },
      onSent: (transactions) => this.#ownKey.look(transactions),
      onChanged: (keys) => this.#runner.changed(keys.filter((key) => store.find(key) !== undefined)),
      onReorganised: async (fromBlock) => {
        await this.#sender.recheck(fromBlock);
        reread.due();
      },
      onRead: async (block) => {
        if (await this.#sender.confirmUpTo(block)) reread.due();
        await reread.look();
      },
    });
    this.funding = createUsdcFunding({ store, runner: this.#runner, payoutOf: options.payoutOf });
    this.topUps = new TopUps({ offers: this.offers, facilitator: this.#facilitator, runner: this.#runner });
    this.markets = new MarketReader(chain, this.#sender);
    this.reports = new SessionReports({
      ...{ db, chain, sender: this.#sender, store, payoutOf: options.payoutOf },
      treasuryUnitsOf: (pool) => options.marketOf(pool)?.treasuryUnits ?? 0,
    });
    this.#timer = setInterval(() => void this.#lookAfter(), LOOK_MS);
    this.#timer.unref();
  }

  /** Reads the chain once. Throws `chain-unreachable`, or an error in words where what is there is not what was deployed. */
  static async open(options: PaymentsOptions): Promise<Payments> {
    const { chain, db } = options;
    const escrow = await readEscrow(chain);
    const store = await SessionStore.load(db, { chainId: chain.chain.id, escrow: chain.contracts.escrow });
    // Only a database that is new to this chain: every other one knows what it has done.
    if (options.isNew) await takeOverLost(chain, store, options.takesOver ?? false);
    return new Payments(options, store, escrow);
  }

  /** From now on sessions advance by themselves. */
  start(): void {
    const { logger } = this.#options;
    // Jobs of paid sessions come over HTTP: what a server before this one had let in is driven by nobody.
    for (const { jobs } of this.#store.live()) {
      for (const job of jobs.keys()) {
        this.funding.release(job).catch((thrown) => logger.error({ err: thrown, job }, 'a job’s deposit stays held'));
      }
    }
    void this.#sender.resume().catch((thrown) => logger.error({ err: thrown }, 'steps could not be resumed'));
    this.#watcher.start();
    this.#runner.start();
  }

  /** CAIP-2 name of the chain. */
  get network(): `eip155:${number}` {
    return this.offers.network;
  }

  isKeyOf({ secretHash }: PaidSession, key: string): boolean {
    return secretHash === hashSecret(key);
  }

  isReserved(address: string): boolean {
    return this.#options.reserved?.has(getAddress(address)) ?? false;
  }

  /** What a paid session was sold at, whatever its pool costs since; undefined for every other payer. */
  priceFor(payer: OwnerId): Price | undefined {
    const owner = readOwner(payer);
    return owner.kind === 'paid' ? this.#store.find(owner.session)?.price : undefined;
  }

  isMarket(pool: PoolId): boolean {
    return this.termsOf(pool) !== undefined;
  }

  termsOf(pool: PoolId): MarketTerms | undefined {
    return this.#options.marketOf(pool);
  }

  get chain(): Chain {
    return this.#options.chain.chain;
  }

  /** What is to be paid for it. Throws `bad-request` where the pool has no market. */
  async offer(
    pool: PoolId,
    kind: Offer['kind'],
    want: Ask['want'],
    { mode, payer }: { mode?: Ask['mode']; payer?: Address | undefined } = {},
  ): Promise<PaymentRequirements> {
    this.#ownKey.demand();
    const market = this.#options.marketOf(pool);
    if (!market) throw new PoolError('bad-request', NO_MARKET);
    const tokensPerSecond = await this.#options.paceOf(pool);
    const terms = planOffer({ price: market.price, tokensPerSecond, want, mode }, this.#costs);
    if (terms.spendWei === 0n) throw new PoolError('bad-request', TOO_LITTLE);
    const now = nowSeconds();
    const openBefore = now + OFFER_SECONDS + (terms.mode === 'ticks' ? terms.maxSeconds : OFFER_SECONDS);
    const quote = {
      ...{ id: `0x${randomBytes(32).toString('hex')}` as Hex, payer: payer ?? zeroAddress, pool: market.contract },
      ...{ rate: terms.rateWei, maxRate: terms.maxRateWei, fee: terms.fee, maxSeconds: terms.maxSeconds, openBefore },
    };
    const { amount, spendWei, mode: planned, reason, aboutSeconds } = terms;
    return this.offers.requirementsOf({
      ...{ kind, pool, quote, amount, spendWei, price: market.price, mode: planned, reason, aboutSeconds },
    });
  }

  /**
   * What a payment is for, before anything is done about it: of one that was taken before its session, also when its offer is long
   * over. Throws as `take` does.
   */
  async aimOf(payload: PaymentPayload): Promise<Pick<Offer, 'kind' | 'pool' | 'spendWei'>> {
    return (await this.#store.read(this.offers.keyIn(payload).key)) ?? this.offers.open(payload).offer;
  }

  /**
   * Verifies a payment and moves it to its vault. The same payment again is the same session, for whoever shows the same `repeat`;
   * for anybody else a `conflict`. Throws `quote-expired`, `payment-rejected`, `chain-unreachable`.
   */
  async take(payload: PaymentPayload, repeat?: string): Promise<Paid> {
    const { key, text } = this.offers.keyIn(payload);
    const secret = makeSessionKey(key, repeat, text);
    const before = await this.#store.read(key);
    if (before) return this.#again(before, secret);
    if (this.#taking.has(key)) throw new PoolError('conflict', 'This payment is being taken already.');
    this.#taking.add(key);
    try {
      return await this.#takeNew(payload, key, secret);
    } finally {
      this.#taking.delete(key);
    }
  }

  async #takeNew(payload: PaymentPayload, key: Hex, secret: string): Promise<Paid> {
    this.#ownKey.demand();
    const { offer, requirements } = this.offers.open(payload);
    if (offer.isTopUp) throw new PoolError('payment-rejected', 'The payment tops a session up, and opens none.');
    const authorized = await this.#facilitator.verify(payload, requirements);
    await this.#facilitator.demandGasMoney(this.#store.live().length);
    const { quote } = offer;
    if (!isAddressEqual(quote.payer, zeroAddress) && !isAddressEqual(quote.payer, authorized.from)) {
      throw new PoolError('payment-rejected', 'The offer was made for another payer.');
    }
    const own = this.#store.live().filter(({ payer }) => isAddressEqual(payer, authorized.from));
    if (own.length >= MAX_OF_PAYER) {
      throw new PoolError(
        'rate-limited',
        `A wallet has at most ${MAX_OF_PAYER} paid sessions at a time: end one first.`,
      );
    }
    const now = nowSeconds();
    const session: PaidSession = {
      ...{ key, kind: offer.kind, pool: offer.pool, quote, payer: getAddress(authorized.from), mode: offer.mode },
      ...{ reason: offer.reason, amount: offer.amount, spendWei: offer.spendWei, price: offer.price },
      ...{ secretHash: hashSecret(secret), state: 'paying', outcome: undefined, worthWei: 0n, hadOfWei: 0n },
      ...{ targets: new Map(), had: new Map(), splitTicks: 0, peers: new Set(), jobs: new Map(), hadJobs: false },
      ...{ isFailed: false, rests: 0, chain: NOT_OPENED },
      ...{ endAskedAt: undefined, usedAt: now, createdAt: now, endedAt: undefined },
    };
    await this.#store.add(session);
    const transaction = await this.#fund(session, offer, authorized);
    return { session, transaction, key: secret };
  }

  /** The session that a key is of, also one that is over. */
  bySecret(key: string): Promise<PaidSession | undefined> {
    return this.#store.bySecret(hashSecret(key));
  }

  /** Also one that is over. */
  read(session: string): Promise<PaidSession | undefined> {
    return this.#store.read(session);
  }

  /** Transactions of its steps, in their order. */
  logOf(session: PaidSession): Promise<KnownTransaction[]> {
    return this.#sender.listOf(session.key);
  }

  /** Its payer wants the rest back: answers that run end, receipts are paid. */
  async end(session: PaidSession): Promise<void> {
    session.endAskedAt ??= nowSeconds();
    await this.#store.save(session);
    void this.#runner.kick(session.key);
  }

  /**
   * Nobody answered what was paid for: what is left goes back, all of it where it `isFailed`. Not while another request of the same
   * payment is answered.
   */
  async giveBack(session: PaidSession, isFailed = true): Promise<void> {
    if (session.jobs.size > 0) return;
    session.state = 'live';
    session.isFailed ||= isFailed;
    await this.end(session);
  }

  /** Resolves when nothing of this session is to be done at this moment. */
  settled(session: Hex): Promise<void> {
    return this.#runner.kick(session);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // Nobody looks after streams from now on.
    await this.#runner.restAll();
    this.#sender.close();
    await Promise.all([this.#watcher.close(), this.#runner.close()]);
    this.#options.onClosed?.();
  }

  async #fund(session: PaidSession, offer: Offer, authorized: Parameters<Facilitator['fund']>[2]): Promise<Hex> {
    try {
      const transaction = await this.#facilitator.fund(session.key, offer, authorized);
      const there = await this.#facilitator.balanceAt(this.offers.vaultOf(offer));
      // Mined, and not seen yet: it is looked after.
      if (there < offer.amount) throw unreachable('the vault was not seen to have the money yet');
      session.state = 'live';
      await this.#store.save(session);
      return transaction;
    } catch (thrown) {
      const fault = chainFault(thrown);
      if (!(fault instanceof ChainRefusal)) throw fault;
      // What was said aloud anybody may still send, as long as it holds: then it is looked after, and goes back.
      if ((await this.logOf(session)).length === 0) await this.#store.drop(session);
      throw new PoolError('payment-rejected', `The payment could not be moved: ${fault.reason}.`, { cause: fault });
    }
  }

  async #again(session: PaidSession, secret: string): Promise<Paid> {
    const isWhoPaid = session.secretHash === hashSecret(secret);
    if (!isWhoPaid || session.state !== 'live' || session.endAskedAt !== undefined) {
      const sentence =
        'This payment has been used. Its session key was shown once; what is not earned with it goes back by itself.';
      throw new PoolError('conflict', sentence, { data: { session: session.key } });
    }
    const [funded] = await this.logOf(session);
    return { session, transaction: (funded?.hash ?? '0x') as Hex, key: secret };
  }

  async #lookAfter(): Promise<void> {
    const { logger } = this.#options;
    await this.#sender.sayAgain().catch(() => undefined);
    const look = {
      ...{ store: this.#store, sender: this.#sender, logger, waitSeconds: WAIT_SECONDS },
      balanceOf: (session: PaidSession) => this.#facilitator.balanceAt(this.offers.vaultOf(session)),
      isTaken: ({ key }: PaidSession) => this.#taking.has(key),
      giveBack: (session: PaidSession) => this.giveBack(session),
    };
    await watchPayments(look, nowSeconds());
    // Whoever worked on them has settled, or is gone.
    const expired = await this.#store.expired(new Date()).catch(() => []);
    for (const { job } of expired) {
      await this.funding
        .release(job)
        .catch((thrown) => logger.error({ err: thrown, job }, 'a job’s deposit stays held'));
    }
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const NO_MARKET = 'This pool is paid with credits: no payment opens a session of it.';
const TOO_LITTLE = 'That does not carry fee and buffer: offer more, or ask for one payment at the end.';
