// The arithmetic of one event: entries of the same owner and bucket become one, and all sum to zero. Pure.

import { PoolError } from '../../protocol/errors.ts';
import type { OwnerId } from './owner.ts';

/** The system's own: credits come into being there, so its balance alone may be negative. */
export const ISSUER = 'issuer';
export type LedgerOwner = OwnerId | typeof ISSUER;

export interface Entry {
  owner: LedgerOwner;
  bucket: 'available' | 'held';
  amount: number;
}

/**
 * Entries as they are written: netted, without zeros, in the one order in which all transactions lock balances.
 * Throws `internal` when they do not sum to zero: such an event would create or destroy credits.
 */
export function netEntries(entries: readonly Entry[]): Entry[] {
  const sums = new Map<string, Entry>();
  let total = 0;
  for (const { owner, bucket, amount } of entries) {
    if (!Number.isSafeInteger(amount)) throw new PoolError('internal', 'An entry is not a whole number of micros.');
    const key = `${owner}/${bucket}`;
    const sum = sums.get(key);
    if (sum) sum.amount += amount;
    else sums.set(key, { owner, bucket, amount });
    total += amount;
  }
  if (total !== 0) throw new PoolError('internal', `An event does not balance: it is off by ${total} micros.`);
  return [...sums.values()].filter(({ amount }) => amount !== 0).sort(byLockOrder);
}

/** By code units, the same in every process; a locale's order may differ between two servers. */
export const byLockOrder = (a: Entry, b: Entry): number => compare(a.owner, b.owner) || compare(a.bucket, b.bucket);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Throws `bad-request` unless it is a whole number of micros, zero or more. */
export function checkAmount(amountMicros: number): void {
  if (Number.isSafeInteger(amountMicros) && amountMicros >= 0) return;
  throw new PoolError('bad-request', 'An amount is a whole number of micros, zero or more.', {
    data: { amountMicros },
  });
}
