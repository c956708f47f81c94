// The unit of money: the ledger, the wire and the pages count whole millionths of a credit ("micros").

/** One credit is this many micros. */
export const MICROS_PER_CREDIT = 1_000_000;

/** The most that a token may cost, a thousand credits: keeps the sum of any job a safe integer. */
export const MAX_TOKEN_MICROS = 1000 * MICROS_PER_CREDIT;

/**
 * What tokens cost in one pool, each in micros. In a market pool each counts millionths of a millionth of a dollar (1e-12
 * USDC): 200,000 is $0.20 for a million tokens.
 */
export interface Price {
  promptMicros: number;
  completionMicros: number;
}
