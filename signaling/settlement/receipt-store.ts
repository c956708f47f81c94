// Keeps the signed receipts of a job, so that anyone who may read the job can check them later. Judges nothing: who calls
// it has checked the signatures.
import { asc, eq } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import { type SignedReceipt, signedReceiptSchema } from '../../protocol/receipt.ts';
import type { Database } from '../db/open-database.ts';
import { receipts } from './tables.ts';

export interface ReceiptStore {
  /** The first receipt of a peer for a session, epoch and role stays; others of it change nothing. Throws `bad-request` for one of another job. */
  save(job: JobId, signed: readonly SignedReceipt[]): Promise<void>;
  /** Drivers' and stages', by epoch and session. `checkReceipt` proves each. */
  of(job: JobId): Promise<SignedReceipt[]>;
}

/** Rows of one statement: a job of 8 choices over 64 stages has several hundred receipts. */
const CHUNK_ROWS = 500;

export function createReceiptStore(db: Database): ReceiptStore {
  return {
    async save(job, signed) {
      if (signed.some(({ receipt }) => receipt.job !== job)) {
        throw new PoolError('bad-request', 'A receipt is of another job.');
      }
      const rows = signed.map((each) => {
        const { session, epoch, peer, role } = each.receipt;
        return { job, session, epoch, peer, role, signed: JSON.stringify(each) };
      });
      for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
        await db
          .insert(receipts)
          .values(rows.slice(first, first + CHUNK_ROWS))
          .onConflictDoNothing();
      }
    },
    async of(job) {
      const rows = await db
        .select({ signed: receipts.signed })
        .from(receipts)
        .where(eq(receipts.job, job))
        .orderBy(asc(receipts.epoch), asc(receipts.session), asc(receipts.role), asc(receipts.peer));
      return rows.map(({ signed }) => signedReceiptSchema.parse(JSON.parse(signed)));
    },
  };
}
