// A transaction that waits, made dearer: the same in all but what it offers for gas, under the same nonce, so that the chain takes one
// of the two and never both. Pure but for the signing.
import { type Hex, type LocalAccount, parseTransaction } from 'viem';

/** Whatever a node's market says now. */
export interface FeesNow {
  gasPrice?: bigint | undefined;
  maxFeePerGas?: bigint | undefined;
  maxPriorityFeePerGas?: bigint | undefined;
}

/** By an eighth: nodes take nothing under a nonce that they hold already for less than a tenth more. */
export const raised = (wei: bigint): bigint => (wei * 9n) / 8n + 1n;

const most = (one: bigint, other = 0n): bigint => (one > other ? one : other);

/** What `raw` does, for at least an eighth more, and for what gas costs now where that is more still. */
export async function raiseFees(account: LocalAccount, raw: Hex, now: FeesNow): Promise<Hex> {
  const { chainId, nonce, to, data, gas, value, ...fees } = parseTransaction(raw);
  const same = { chainId: chainId!, nonce: nonce!, to: to!, data: data!, gas: gas!, value: value ?? 0n };
  if (fees.maxFeePerGas === undefined) {
    const gasPrice = most(raised(fees.gasPrice ?? 0n), now.gasPrice);
    return account.signTransaction({ ...same, type: 'legacy', gasPrice });
  }
  const maxPriorityFeePerGas = most(raised(fees.maxPriorityFeePerGas ?? 0n), now.maxPriorityFeePerGas);
  const maxFeePerGas = most(most(raised(fees.maxFeePerGas), now.maxFeePerGas), maxPriorityFeePerGas);
  return account.signTransaction({ ...same, type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas });
}
