// Work paid for with credits of the ledger: held before a job, and at its end moved to whoever earns for each peer. Keeps no
// state of its own.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Ledger, Payment } from '../ledger/ledger-types.ts';
import { type AccountId, type OwnerId, ownerOfPeer, readOwner } from '../ledger/owner.ts';
import type { Funding } from './funding.ts';

export interface CreditsFundingOptions {
  ledger: Pick<Ledger, 'hold' | 'settle' | 'release'>;
  /** The account that earns with a peer, if one has claimed it. */
  ownerOf(peer: PeerId): Promise<AccountId | undefined>;
}

/**
 * @example
 * const funding = createCreditsFunding({ ledger, ownerOf: (peer) => accounts.ownerOf(peer) });
 * await funding.reserve({ job, pool, payer, amountMicros: 1_000, expiresAt });
 * await funding.settle({ job, payments: [{ peer, amountMicros: 400 }] });
 */
export function createCreditsFunding({ ledger, ownerOf }: CreditsFundingOptions): Funding {
  return {
    async reserve({ job, payer, amountMicros, expiresAt }) {
      if (readOwner(payer).kind === 'paid') {
        throw new PoolError('bad-request', 'This pool is paid with credits: a session key pays in its own pool alone.');
      }
      await ledger.hold({ job, payer, amountMicros, expiresAt });
    },
    // Nothing flows while a job runs: all of it moves at its end.
    began: async () => {},
    moved: async () => {},
    async settle({ job, payments }) {
      const sums = new Map<OwnerId, number>();
      for (const { peer, amountMicros } of payments) {
        const to = ownerOfPeer(peer, await ownerOf(peer));
        sums.set(to, (sums.get(to) ?? 0) + amountMicros);
      }
      const owed: Payment[] = [...sums].map(([to, amountMicros]) => ({ to, amountMicros }));
      const { chargedMicros } = await ledger.settle({
        job,
        payments: owed.filter(({ amountMicros }) => amountMicros > 0),
      });
      return { chargedMicros };
    },
    release: (job) => ledger.release(job),
  };
}
