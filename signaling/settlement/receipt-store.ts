// Keeps what was signed for a job, so that anyone who may read the job can check it later. Judges nothing: who calls it has
// checked the signatures.
import { asc, eq } from 'drizzle-orm';
import { type SignedDelivery, signedDeliverySchema } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import { type SignedReceipt, signedReceiptSchema } from '../../protocol/receipt.ts';
import type { Database } from '../db/open-database.ts';
import { deliveryNotes, receipts } from './tables.ts';

export interface JobEvidence {
  stages: readonly SignedReceipt[];
  /** In a chat: what its client signed that it received. */
  note?: SignedDelivery | undefined;
}

export interface ReceiptStore {
  /** The first receipt of a peer for a session and epoch stays, and the first note. Throws `bad-request` for one of another job. */
  save(job: JobId, evidence: JobEvidence): Promise<void>;
  /** Receipts by epoch and session. `checkReceipt` and `checkDelivery` prove each. */
  of(job: JobId): Promise<JobEvidence>;
}

/** Rows of one statement: a job of 8 choices over 64 stages has several hundred receipts. */
const CHUNK_ROWS = 500;

export function createReceiptStore(db: Database): ReceiptStore {
  return {
    async save(job, { stages, note }) {
      if (stages.some(({ receipt }) => receipt.job !== job) || (note && note.note.job !== job)) {
        throw new PoolError('bad-request', 'A receipt is of another job.');
      }
      const rows = stages.map((each) => {
        const { session, epoch, peer } = each.receipt;
        return { job, session, epoch, peer, signed: JSON.stringify(each) };
      });
      for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
        await db
          .insert(receipts)
          .values(rows.slice(first, first + CHUNK_ROWS))
          .onConflictDoNothing();
      }
      if (note)
        await db
          .insert(deliveryNotes)
          .values({ job, signed: JSON.stringify(note) })
          .onConflictDoNothing();
    },
    async of(job) {
      const rows = await db
        .select({ signed: receipts.signed })
        .from(receipts)
        .where(eq(receipts.job, job))
        .orderBy(asc(receipts.epoch), asc(receipts.session), asc(receipts.peer));
      const [noted] = await db
        .select({ signed: deliveryNotes.signed })
        .from(deliveryNotes)
        .where(eq(deliveryNotes.job, job));
      // Those of the first version of the protocol name no last frame, and nobody can check them any more.
      const stages = rows.flatMap(({ signed }) => signedReceiptSchema.safeParse(JSON.parse(signed)).data ?? []);
      return { stages, ...(noted ? { note: signedDeliverySchema.parse(JSON.parse(noted.signed)) } : {}) };
    },
  };
}
