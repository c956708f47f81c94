// Money that comes to a session's vault after its payment: counted while the session lives, sent back when it is over. The chain says
// how much there is, so that what is looked at twice counts once.
import { ESCROW_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import { vaultOfKey } from '../../protocol/quote.ts';
import { ChainRefusal, chainFault } from '../chain/chain-error.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { weiOfUsdc } from './amounts.ts';
import type { PaidSession } from './paid-session.ts';
import type { TransitionName } from './step-workflows.ts';

export interface LateMoneyTools {
  chain: OpenChain;
  send(session: PaidSession, step: string, functionName: TransitionName, args: readonly unknown[]): Promise<unknown>;
  /** Reads the chain's word of the session. */
  sync(session: PaidSession): Promise<void>;
  save(session: PaidSession): Promise<void>;
}

/** What lies at its vault by now is its deposit. Of one that is over nothing changes: there it goes back, also afterwards. */
export async function takeIn(session: PaidSession, tools: LateMoneyTools): Promise<void> {
  const { chain, send, sync, save } = tools;
  await sync(session);
  const { state } = session.chain;
  if (state === 'closed') return returnLate(session, tools);
  if (state === 'stopped') return;
  const escrow = { address: chain.contracts.escrow, abi: ESCROW_ABI } as const;
  const read = () => chain.reader.readContract({ ...escrow, functionName: 'sessionOf', args: [session.key] });
  let deposit = await balanceAtVault(session, chain);
  if (state === 'open') {
    if (deposit > (await read()).held) await send(session, 'take in', 'topUp', [session.quote]);
    ({ deposit } = await read());
    await sync(session);
  }
  if (deposit <= session.amount) return;
  // What was sent past an offer may be any sum: of more than receipts may be worth nobody could be paid.
  const { quote, amount, spendWei } = session;
  const most = quote.maxRate * BigInt(quote.maxSeconds);
  const spend = spendWei + weiOfUsdc(deposit - amount);
  session.spendWei = spend < most ? spend : most > spendWei ? most : spendWei;
  session.amount = deposit;
  session.usedAt = Math.floor(Date.now() / 1000);
  await save(session);
}

/** What came too late to count goes back to who paid. A payer who cannot receive fetches it: `fetch` of the escrow. */
export async function returnLate(session: PaidSession, { chain, send }: LateMoneyTools): Promise<void> {
  if (session.chain.state !== 'closed' || (await balanceAtVault(session, chain)) === 0n) return;
  try {
    await send(session, 'return', 'reclaim', [session.quote, session.payer]);
  } catch (thrown) {
    if (!(chainFault(thrown) instanceof ChainRefusal)) throw thrown;
  }
}

function balanceAtVault({ key }: PaidSession, { chain, contracts, reader }: OpenChain): Promise<bigint> {
  const vault = vaultOfKey({ chainId: chain.id, escrow: contracts.escrow }, key);
  return reader.readContract({ address: contracts.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [vault] });
}
