// What owners of pools pay for visitors of the pages that they listed: who pays for an answer, and how much of the budgets of a day
// is used. The origin of a page is its browser's word by way of the chat in the frame, and any program can say the same: what holds
// for all of them are the two budgets, counted here. Of a visitor only a hash of the address and the day is kept.
import { and, eq, lt, sql } from 'drizzle-orm';
import { mayEmbed } from '../../protocol/embed.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Sponsoring, SponsorRequest } from '../jobs/sponsoring.ts';
import { dayOf, hashAddress } from '../ledger/hash-address.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { runTransaction } from '../ledger/run-transaction.ts';
import type { PoolPolicy } from './pool-types.ts';
import { sponsoredDays } from './tables.ts';

/** Stands for all visitors of a pool. */
const ALL = '';

/** Ends the transaction: nothing of it is counted. */
class Spent extends Error {}

/** @param now for tests. */
export function createSponsoring(
  db: Database,
  policyOf: (pool: PoolId) => PoolPolicy | undefined,
  now: () => Date = () => new Date(),
): Sponsoring {
  return async ({ pool, embeddedIn, address, amountMicros }: SponsorRequest) => {
    const policy = policyOf(pool);
    const { sponsor, createdBy } = policy ?? {};
    if (!sponsor || createdBy === undefined || !mayEmbed(policy?.embedOrigins, embeddedIn)) return 'none';
    const day = dayOf(now());
    const visitor = hashAddress(address, day, 'sponsor');
    // Always in this order: two at once wait for each other and never in a circle.
    const counters = [
      { visitor: ALL, mostMicros: sponsor.dayMicros },
      { visitor, mostMicros: sponsor.visitorMicros },
    ];
    try {
      await runTransaction(db, async (transaction) => {
        await transaction.delete(sponsoredDays).where(lt(sponsoredDays.day, day));
        for (const { visitor, mostMicros } of counters) {
          const [counted] = await transaction
            .insert(sponsoredDays)
            .values({ pool, day, visitor, micros: amountMicros })
            .onConflictDoUpdate({
              target: [sponsoredDays.pool, sponsoredDays.day, sponsoredDays.visitor],
              set: { micros: sql`${sponsoredDays.micros} + ${amountMicros}` },
            })
            .returning({ micros: sponsoredDays.micros });
          if (counted!.micros > mostMicros) throw new Spent();
        }
      });
    } catch (thrown) {
      if (thrown instanceof Spent) return 'spent';
      throw thrown;
    }
    return {
      payer: accountOwner(createdBy as AccountId),
      async ended(chargedMicros) {
        const unused = amountMicros - chargedMicros;
        if (unused <= 0) return;
        for (const { visitor } of counters) {
          await db
            .update(sponsoredDays)
            .set({ micros: sql`${sponsoredDays.micros} - ${unused}` })
            .where(and(eq(sponsoredDays.pool, pool), eq(sponsoredDays.day, day), eq(sponsoredDays.visitor, visitor)));
        }
      },
    };
  };
}
