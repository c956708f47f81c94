// The orchestrator's quote as the escrow knows it: its key, the vault that is paid, and its signature. Pure but for the signing.
import type { Address, Hex, LocalAccount } from 'viem';
// A page takes these along, and nothing else of viem.
import { concatHex, getContractAddress, hashTypedData } from 'viem/utils';

/** As `ISessionEscrow.Quote`. */
export interface Quote {
  id: Hex;
  /** The zero address: not known yet. */
  payer: Address;
  /** The market pool's contract. */
  pool: Address;
  /** Wei a second; 0: nothing streams. */
  rate: bigint;
  maxRate: bigint;
  /** USDC, 6 digits. */
  fee: bigint;
  maxSeconds: number;
  /** Seconds since 1970. */
  openBefore: number;
}

/** Where quotes count. */
export interface EscrowAt {
  chainId: number;
  escrow: Address;
}

const TYPES = {
  Quote: [
    { name: 'id', type: 'bytes32' },
    { name: 'payer', type: 'address' },
    { name: 'pool', type: 'address' },
    { name: 'rate', type: 'uint96' },
    { name: 'maxRate', type: 'uint96' },
    { name: 'fee', type: 'uint64' },
    { name: 'maxSeconds', type: 'uint32' },
    { name: 'openBefore', type: 'uint40' },
  ],
} as const;

const typedData = ({ chainId, escrow }: EscrowAt, quote: Quote) =>
  ({
    domain: { name: 'ComputePool SessionEscrow', version: '1', chainId, verifyingContract: escrow },
    types: TYPES,
    primaryType: 'Quote',
    message: quote,
  }) as const;

/** The session's name everywhere: the EIP-712 digest of the quote as it was offered. */
export const keyOfQuote = (at: EscrowAt, quote: Quote): Hex => hashTypedData(typedData(at, quote));

/**
 * Where x402 pays to: a clone of the escrow's vault (EIP-1167, as OpenZeppelin's `Clones` makes it), whose code the escrow's
 * constructor has deployed as the first contract of its own.
 */
export function vaultOfKey({ escrow }: EscrowAt, key: Hex): Address {
  const implementation = getContractAddress({ from: escrow, nonce: 1n });
  const bytecode = concatHex([
    '0x3d602d80600a3d3981f3363d3d373d3d3d363d73',
    implementation,
    '0x5af43d82803e903d91602b57fd5bf3',
  ]);
  return getContractAddress({ opcode: 'CREATE2', from: escrow, salt: key, bytecode });
}

/** For the opening: of the quote with its payer in it. */
export const signQuote = (account: LocalAccount, at: EscrowAt, quote: Quote, payer: Address): Promise<Hex> =>
  account.signTypedData(typedData(at, { ...quote, payer }));

/** A quote in JSON: amounts as text. */
export type KeptQuote = { [Field in keyof Quote]: Quote[Field] extends bigint ? string : Quote[Field] };

export const keptQuote = (quote: Quote): KeptQuote => ({
  ...quote,
  ...{ rate: String(quote.rate), maxRate: String(quote.maxRate), fee: String(quote.fee) },
});

export const quoteOfKept = (kept: KeptQuote): Quote => ({
  ...kept,
  ...{ rate: BigInt(kept.rate), maxRate: BigInt(kept.maxRate), fee: BigInt(kept.fee) },
});
