// A call of a contract, the transaction that is written down for it, and what the chain says of that.
import { type Abi, type Address, type Hex, type PublicClient, TransactionReceiptNotFoundError } from 'viem';
import type { chainTransactions } from './tables.ts';

export interface ChainCall {
  /** Names this very transaction for good: `<session>:open:0`. */
  key: string;
  /** The session or market pool that it is a step of. */
  subject: string;
  step: string;
  to: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  /** More is refused: what a stranger's own contract does within it is paid with our gas. */
  mostGas?: bigint;
  /** Not kept waiting where many wait: money runs until it is there. */
  isUrgent?: boolean;
}

export interface MinedCall {
  hash: Hex;
  block: bigint;
  /** Its block's own time. */
  atSeconds: number;
  gasUsed: bigint;
}

export type KnownTransaction = typeof chainTransactions.$inferSelect;

/** What became of whichever of those under its nonce the chain has taken; `as`: the row with that one as its own. */
export async function findReceipt(
  reader: Pick<PublicClient, 'getTransactionReceipt'>,
  { hash, raw, earlier }: KnownTransaction,
) {
  const all = [{ hash, raw }, ...[...earlier].reverse()];
  for (const one of all) {
    const receipt = await reader.getTransactionReceipt({ hash: one.hash as Hex }).catch((thrown) => {
      if (thrown instanceof TransactionReceiptNotFoundError) return undefined;
      throw thrown;
    });
    if (receipt) return { receipt, as: { ...one, earlier: all.filter((other) => other !== one).reverse() } };
  }
  return undefined;
}

export const minedOf = ({ hash, block, minedAt, gasUsed }: KnownTransaction): MinedCall => ({
  hash: hash as Hex,
  block: BigInt(block ?? 0),
  atSeconds: Math.floor((minedAt?.getTime() ?? 0) / 1000),
  gasUsed: BigInt(gasUsed ?? 0),
});

/** Whether the chain says of it still what is written down: not where it is in another block, or came to another end there. */
export async function isStill(
  reader: Pick<PublicClient, 'getTransactionReceipt'>,
  row: KnownTransaction,
): Promise<boolean> {
  const found = await findReceipt(reader, row);
  if (!found || row.block === null) return false;
  const { status, blockNumber } = found.receipt;
  return BigInt(row.block) === blockNumber && (status === 'success') === (row.state === 'mined');
}
