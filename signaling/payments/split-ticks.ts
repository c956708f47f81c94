// Who has had what was paid past the pool, out of our own transactions as they are kept: also of those that a server before this one
// had sent, or of which nobody knew for a while what became.
import { decodeFunctionData, getAddress, type Hex, parseEventLogs, parseTransaction } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import type { PaidSession } from './paid-session.ts';

export interface SplitTickTools {
  chain: Pick<OpenChain, 'reader'>;
  sender: Pick<ChainSender, 'listOf'>;
  /** What the treasury leaves. */
  operatorUnits: number;
}

/** Adds to `had` what its ticks by shares have paid and is not in there yet. Within the market pool's turn. */
export async function countSplitTicks(session: PaidSession, tools: SplitTickTools): Promise<void> {
  const { chain, sender, operatorUnits } = tools;
  const mined = (await sender.listOf(session.key)).filter(({ step, state }) => step === 'tick' && state === 'mined');
  for (const { raw, hash } of mined.slice(session.splitTicks)) {
    session.splitTicks++;
    const { functionName, args } = decodeFunctionData({ abi: ESCROW_ABI, data: parseTransaction(raw as Hex).data! });
    if (functionName !== 'tickSplit') continue;
    const { logs } = await chain.reader.getTransactionReceipt({ hash: hash as Hex });
    const [said] = parseEventLogs({ abi: ESCROW_ABI, eventName: 'PaidUp', logs });
    const paidWei = said?.args.distributed ?? 0n;
    for (const { member, units } of args[2]) {
      const address = getAddress(member);
      session.had.set(address, (session.had.get(address) ?? 0n) + (paidWei * units) / BigInt(operatorUnits));
    }
    session.hadOfWei += paidWei;
  }
}
