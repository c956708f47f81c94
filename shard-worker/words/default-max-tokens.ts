// The bound of an answer whose person sets none. Page and worker must agree on it: what is held on the ledger is for it.

/** Tokens. */
export const DEFAULT_MAX_TOKENS = 512;
