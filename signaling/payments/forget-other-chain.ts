// A local chain begins anew each time: what was written of the one before is of nothing any more. On every other chain that is a mistake
// that is said.
import { and, eq, ne } from 'drizzle-orm';
import type { Logger } from 'pino';
import { chainFault } from '../chain/chain-error.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { chainCursors, chainOrigins, chainTransactions } from '../chain/tables.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Database } from '../db/open-database.ts';
import { marketSeats, paidJobs, paidSessions } from './tables.ts';

/**
 * Undefined where this database knows the chain. Else what remembers it, for when its lost sessions have been found: a start that fails
 * before that finds them at the next one. Throws `UsageError` where the node is of another chain than before, `chain-unreachable`.
 */
export async function forgetOtherChain(
  db: Database,
  { chain, reader }: OpenChain,
  logger: Pick<Logger, 'warn'>,
): Promise<(() => Promise<void>) | undefined> {
  // The first block says when it was made: no two chains have the same.
  const { hash } = await reader.getBlock({ blockNumber: 1n }).catch((thrown) => {
    throw chainFault(thrown);
  });
  const [known] = await db.select().from(chainOrigins).where(eq(chainOrigins.chainId, chain.id));
  if (known?.firstHash === hash) return undefined;
  if (known && chain.key !== 'local') {
    throw new UsageError(`The node is of another ${chain.name} than the one that this database knows.`);
  }
  if (known) {
    logger.warn('this local chain is a new one: paid sessions of the one before are forgotten');
    await db.transaction(async (tx) => {
      const isOurs = eq(paidSessions.chainId, chain.id);
      const gone = { state: 'over', outcome: 'Its local chain is gone.', endedAt: new Date() } as const;
      await tx
        .update(paidSessions)
        .set(gone)
        .where(and(isOurs, ne(paidSessions.state, 'over')));
      await tx.update(paidJobs).set({ state: 'released' }).where(eq(paidJobs.state, 'open'));
      await tx.delete(chainTransactions).where(eq(chainTransactions.chainId, chain.id));
      await tx.delete(chainCursors).where(eq(chainCursors.chainId, chain.id));
      await tx.delete(marketSeats);
    });
  }
  return async () => {
    await db
      .insert(chainOrigins)
      .values({ chainId: chain.id, firstHash: hash })
      .onConflictDoUpdate({ target: chainOrigins.chainId, set: { firstHash: hash } });
  };
}
