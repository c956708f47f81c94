// The ledger over one database: each verb in a file of its own, bound to database, options and clock. Keeps no state, so
// that several servers can have one each.
import type { Database } from '../db/open-database.ts';
import { claimBalance } from './claim-balance.ts';
import { giveWelcomeCredits } from './give-welcome-credits.ts';
import { holdCredits } from './hold-credits.ts';
import type { Ledger } from './ledger-types.ts';
import { checkAmount } from './net-entries.ts';
import { readBalance, readStatement, readTotals } from './read-ledger.ts';
import { listOpenHolds, releaseExpired, releaseHold, settleHold } from './settle-hold.ts';

export interface LedgerOptions {
  /** What an owner gets on joining; 0 for nothing. Read, as the next, at each welcome: it may change. */
  readonly welcomeMicros: number;
  readonly welcomesPerAddressPerDay: number;
  now?(): Date;
}

/**
 * @example
 * const ledger = createLedger(db, { welcomeMicros: 2 * MICROS_PER_CREDIT, welcomesPerAddressPerDay: 5 });
 * await ledger.hold({ job, payer, amountMicros, expiresAt });
 * await ledger.settle({ job, payments });
 */
export function createLedger(db: Database, options: LedgerOptions): Ledger {
  const { now = () => new Date() } = options;
  checkAmount(options.welcomeMicros);
  return {
    welcome(owner, address) {
      const { welcomeMicros, welcomesPerAddressPerDay } = options;
      return giveWelcomeCredits(db, { owner, address, welcomeMicros, welcomesPerAddressPerDay, at: now() });
    },
    balanceOf: (owner) => readBalance(db, owner),
    hold: (hold) => holdCredits(db, hold, now()),
    settle: (settlement) => settleHold(db, settlement, now()),
    release: async (job) => void (await releaseHold(db, job, now())),
    openHolds: () => listOpenHolds(db),
    releaseExpired: (expiredBefore) => releaseExpired(db, expiredBefore, now()),
    claim: (peer, account) => claimBalance(db, peer, account, now()),
    statementOf: (owner, page) => readStatement(db, owner, page),
    totals: () => readTotals(db),
  };
}
