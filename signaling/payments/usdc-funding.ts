// Work of market pools, paid for out of paid sessions: the second funding beside credits. Says what was earned; the runner moves the
// money. Amounts of the port are pico-dollars here.
import type { Address } from 'viem';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { readOwner } from '../ledger/owner.ts';
import type { Earnings, Funding, Reservation } from '../money/funding.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';
import { formatDollars, weiOfPico } from './amounts.ts';
import { leftOf, type PaidSession } from './paid-session.ts';
import type { SessionRunner } from './session-runner.ts';
import type { SessionStore } from './session-store.ts';
import { sumByAddress } from './split.ts';

/** An answer that begins later could not be paid for. */
const LEAST_SECONDS = 60;

export interface UsdcFundingOptions {
  store: SessionStore;
  runner: Pick<SessionRunner, 'kick' | 'workChanged' | 'workEnded'>;
  /** Where a peer wants its money; undefined for one that has never said: then nobody is paid for its part. */
  payoutOf(peer: PeerId): Address | undefined;
}

export function createUsdcFunding({ store, runner, payoutOf }: UsdcFundingOptions): Funding {
  const turns = new Map<JobId, Promise<unknown>>();
  /** What is said of a job is heard one after the other. */
  const inTurn = <T>(job: JobId, act: () => Promise<T>): Promise<T> => {
    const before = turns.get(job) ?? Promise.resolve();
    const next = before.then(act, act);
    const kept = next
      .catch(() => undefined)
      .finally(() => {
        if (turns.get(job) === kept) turns.delete(job);
      });
    turns.set(job, kept);
    return next;
  };
  const sessionOfJob = (job: JobId): PaidSession | undefined => store.live().find(({ jobs }) => jobs.has(job));

  async function work(job: JobId, { seats }: EpochSeats): Promise<void> {
    const session = sessionOfJob(job);
    const entry = session?.jobs.get(job);
    if (!session || !entry) return;
    for (const { peer } of seats) session.peers.add(peer);
    if (!entry.hasBegun) {
      entry.hasBegun = true;
      await store.noteBegun(job);
    }
    await store.save(session);
    const weights = seats.flatMap(({ peer, start, end }) => {
      const address = payoutOf(peer);
      return address ? [[address, BigInt(end - start)] as const] : [];
    });
    runner.workChanged(session, job, sumByAddress(weights));
  }

  return {
    paysLeavers: true,
    coveredSeconds: (payer) => {
      const owner = readOwner(payer);
      // Who stops it where its deposit ends earlier is the runner.
      return owner.kind === 'paid' ? store.find(owner.session)?.quote.maxSeconds : undefined;
    },
    reserve: (reservation) => inTurn(reservation.job, () => reserve(reservation)),
    began: (job, seats) => inTurn(job, () => work(job, seats)),
    moved: (job, seats) => inTurn(job, () => work(job, seats)),
    settle: (earnings) => inTurn(earnings.job, () => settle(earnings)),
    release: (job, isFailed = true) => inTurn(job, () => release(job, isFailed)),
  };

  async function reserve({ job, payer, amountMicros, expiresAt }: Reservation): Promise<void> {
    const owner = readOwner(payer);
    if (owner.kind !== 'paid') throw needsPayment();
    const amountWei = weiOfPico(amountMicros);
    const before = await store.findJob(job);
    if (before) {
      const isSame = before.session === owner.session && before.amountWei === String(amountWei);
      if (isSame && before.state === 'open') return;
      throw new PoolError('conflict', 'This job has had a reservation already.');
    }
    const session = store.find(owner.session);
    if (session?.state !== 'live' || session.endAskedAt !== undefined) throw spent('Its deposit has been given back.');
    const known = session.jobs.get(job);
    if (known) {
      if (known.amountWei === amountWei) return;
      throw new PoolError('conflict', 'This job has had a reservation already.');
    }
    const endsAt = session.chain.state === 'open' ? session.chain.paidUntil : session.quote.openBefore;
    if (nowSeconds() > endsAt - LEAST_SECONDS) throw spent('Its time is nearly over: an answer would be cut.');
    const left = leftOf(session);
    if (left < amountWei) {
      throw spent(
        `This may cost up to ${formatDollars(amountWei)} USDC, and ${formatDollars(left)} is left of the deposit.`,
      );
    }
    const entry = { job, amountWei, hasBegun: false };
    session.jobs.set(job, entry);
    session.usedAt = nowSeconds();
    await store.addJob(session, entry, expiresAt).catch((thrown) => {
      session.jobs.delete(job);
      throw thrown;
    });
  }

  async function settle({ job, payments, isFailed = false }: Earnings): Promise<{ chargedMicros: number }> {
    const row = await store.findJob(job);
    if (!row) throw new PoolError('not-found', 'Nothing is reserved for this job.');
    if (row.state === 'settled') return { chargedMicros: Number(row.chargedPico) };
    const session = sessionOfJob(job);
    if (row.state === 'released' || !session)
      throw new PoolError('conflict', 'What was set aside for it was given back.');
    const earned = payments.flatMap(({ peer, amountMicros }) => {
      const address = amountMicros > 0 ? payoutOf(peer) : undefined;
      return address ? [{ address, amountMicros }] : [];
    });
    const chargedPico = earned.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
    if (weiOfPico(chargedPico) > BigInt(row.amountWei)) {
      throw new PoolError('bad-request', 'More was earned than is set aside.');
    }
    const entry = session.jobs.get(job)!;
    const add = (sign: 1n | -1n): void => {
      for (const { address, amountMicros } of earned) {
        const wei = sign * weiOfPico(amountMicros);
        session.worthWei += wei;
        session.targets.set(address, (session.targets.get(address) ?? 0n) + wei);
      }
    };
    add(1n);
    session.jobs.delete(job);
    session.hadJobs = true;
    session.isFailed ||= isFailed;
    session.usedAt = nowSeconds();
    await store.endJob(session, job, { state: 'settled', chargedPico }).catch((thrown) => {
      add(-1n);
      session.jobs.set(job, entry);
      throw thrown;
    });
    runner.workEnded(session, job);
    return { chargedMicros: chargedPico };
  }

  async function release(job: JobId, isFailed: boolean): Promise<void> {
    const session = sessionOfJob(job);
    const entry = session?.jobs.get(job);
    if (!session || !entry) return;
    session.jobs.delete(job);
    session.hadJobs = true;
    session.isFailed ||= isFailed;
    await store.endJob(session, job, { state: 'released' }).catch((thrown) => {
      session.jobs.set(job, entry);
      throw thrown;
    });
    runner.workEnded(session, job);
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const needsPayment = (): PoolError =>
  new PoolError('payment-required', 'This pool’s operators are paid in USDC: credits do not pay for it.');

const spent = (why: string): PoolError => new PoolError('deposit-spent', why);
