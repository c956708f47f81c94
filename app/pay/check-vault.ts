// Whether what an offer wants to be paid to is what the escrow's contract would make for this very offer, and for nothing else: reckoned
// here, from the offer itself, and asked of nobody.
import type { Address } from 'viem';
import { type KeptQuote, keyOfQuote, quoteOfKept, vaultOfKey } from '../../protocol/quote.ts';
import { chainIdOf } from './chain-id-of.ts';
import { PayFault } from './pay-fault.ts';
import type { Requirements } from './shapes.ts';

/** @param payer who has the rest back: the offer must name it. Throws `vault-differs`. */
export function checkVault(accepted: Requirements, payer: string): void {
  const { escrow, quote } = accepted.extra.terms;
  const at = { chainId: chainIdOf(accepted), escrow: escrow as Address };
  const vault = vaultOfKey(at, keyOfQuote(at, quoteOfKept(quote as KeptQuote)));
  if (!isSame(vault, accepted.payTo) || !isSame(quote.payer, payer)) throw new PayFault('vault-differs');
}

export const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
