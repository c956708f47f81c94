// A funding of a currency that exists nowhere, in memory: for tests of whatever stands on the port. Passes the compliance
// suite as every other one does.
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { EpochSeats } from '../settlement/settlement-types.ts';
import type { Earnings, Funding, Reservation } from './funding.ts';

type Entry = Reservation & { state: 'open' | 'settled' | 'released'; chargedMicros: number };

export class TestFunding implements Funding {
  /** What each payer has who is not in `purses`. */
  readonly #welcomeMicros: number;
  readonly entries = new Map<JobId, Entry>();
  readonly purses = new Map<OwnerId, number>();
  readonly earned = new Map<PeerId, number>();
  /** Which coalitions worked on a job, as it was told. */
  readonly work: { job: JobId; verb: 'began' | 'moved'; epoch: number }[] = [];

  constructor(welcomeMicros = 0) {
    this.#welcomeMicros = welcomeMicros;
  }

  async reserve(reservation: Reservation): Promise<void> {
    const { job, payer, amountMicros } = reservation;
    const known = this.entries.get(job);
    if (known) {
      if (known.state === 'open' && known.payer === payer && known.amountMicros === amountMicros) return;
      throw new PoolError('conflict', 'This job has had a reservation already.');
    }
    const purse = this.purses.get(payer) ?? this.#welcomeMicros;
    if (purse < amountMicros) throw new PoolError('insufficient-credits', 'The purse is too small.');
    this.purses.set(payer, purse - amountMicros);
    this.entries.set(job, { ...reservation, state: 'open', chargedMicros: 0 });
  }

  async began(job: JobId, { epoch }: EpochSeats): Promise<void> {
    this.work.push({ job, verb: 'began', epoch });
  }

  async moved(job: JobId, { epoch }: EpochSeats): Promise<void> {
    this.work.push({ job, verb: 'moved', epoch });
  }

  async settle({ job, payments }: Earnings): Promise<{ chargedMicros: number }> {
    const entry = this.entries.get(job);
    if (!entry) throw new PoolError('not-found', 'Nothing is reserved for this job.');
    if (entry.state === 'settled') return { chargedMicros: entry.chargedMicros };
    if (entry.state === 'released') throw new PoolError('conflict', 'It was given back.');
    const chargedMicros = payments.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
    if (chargedMicros > entry.amountMicros) throw new PoolError('bad-request', 'More was earned than is reserved.');
    for (const { peer, amountMicros } of payments) this.earned.set(peer, (this.earned.get(peer) ?? 0) + amountMicros);
    Object.assign(entry, { state: 'settled', chargedMicros });
    this.#giveBack(entry, entry.amountMicros - chargedMicros);
    return { chargedMicros };
  }

  async release(job: JobId): Promise<void> {
    const entry = this.entries.get(job);
    if (entry?.state !== 'open') return;
    entry.state = 'released';
    this.#giveBack(entry, entry.amountMicros);
  }

  #giveBack({ payer }: Entry, amountMicros: number): void {
    this.purses.set(payer, (this.purses.get(payer) ?? 0) + amountMicros);
  }
}
