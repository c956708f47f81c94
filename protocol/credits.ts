// The unit of money: the ledger, the wire and the pages count whole millionths of a credit ("micros").

/** One credit is this many micros. */
export const MICROS_PER_CREDIT = 1_000_000;
