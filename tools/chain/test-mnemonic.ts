/** Accounts of every local chain, with money that is worth nothing; anybody knows their keys. */
export const TEST_MNEMONIC = 'test test test test test test test test test test test junk';
