/** Bounty, grace and the time to say what receipts are worth: `docs/PAYMENTS.md`. */
export const MARKET_TERMS = { bountyMicros: 20_000n, graceSeconds: 300, settleSeconds: 600 };
