// Sessions that the chain knows and this database does not: it was lost, or another one is used. What was paid is in the transactions
// themselves. They are ended: nobody knows any more what their answers were worth.
import { type Address, decodeFunctionData, getAddress, type Hex, parseEventLogs } from 'viem';
import { ESCROW_ABI } from '../../protocol/abi.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { Quote } from '../../protocol/quote.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { UsageError } from '../config/usage-error.ts';
import { NOT_OPENED, type PaidSession } from './paid-session.ts';
import type { SessionStore } from './session-store.ts';

/** Longer than a session may be open, at two seconds a block; older ones anybody may close, for the bounty. */
const BACK_BLOCKS = 2n * 24n * 1800n;
const MOST_BLOCKS = 500n;
const CLOSED = 3;

/**
 * For a database that is new to this chain. Throws `UsageError` where sessions are under way and nobody has said that theirs is lost:
 * then another server has them.
 */
export async function takeOverLost(
  chain: OpenChain,
  store: Pick<SessionStore, 'read' | 'add'>,
  isAllowed: boolean,
): Promise<void> {
  const lost = await findLostSessions(chain, async (key) => (await store.read(key)) !== undefined);
  if (lost.length > 0 && !isAllowed) throw new UsageError(underWay(lost.length));
  for (const session of lost) await store.add(session);
}

const underWay = (count: number): string =>
  `${count} paid sessions of this key are under way that this database knows nothing of: another server has them. End that one, or ` +
  'start this one with its database, or with a key of its own (npm run deploy). Where that database is lost: --take-over ends them, ' +
  'and gives back what is left.';

/** Live sessions of the last day that `isKnown` does not know, as rows to be ended. */
async function findLostSessions(chain: OpenChain, isKnown: (key: Hex) => Promise<boolean>): Promise<PaidSession[]> {
  const { reader, contracts } = chain;
  const head = await reader.getBlockNumber();
  const found: PaidSession[] = [];
  for (let from = head > BACK_BLOCKS ? head - BACK_BLOCKS : 0n; from <= head; from += MOST_BLOCKS + 1n) {
    const toBlock = from + MOST_BLOCKS < head ? from + MOST_BLOCKS : head;
    const logs = await reader.getLogs({ address: contracts.escrow, fromBlock: from, toBlock });
    for (const { args, transactionHash } of parseEventLogs({ abi: ESCROW_ABI, eventName: 'Funded', logs })) {
      if (found.some(({ key }) => key === args.key) || (await isKnown(args.key))) continue;
      const escrow = { address: contracts.escrow, abi: ESCROW_ABI } as const;
      const { state } = await reader.readContract({ ...escrow, functionName: 'sessionOf', args: [args.key] });
      if (state === CLOSED) continue;
      const session = await readFunding(chain, args.key, transactionHash, args.value);
      if (session) found.push(session);
    }
  }
  return found;
}

async function readFunding(
  { reader }: OpenChain,
  key: Hex,
  hash: Hex,
  amount: bigint,
): Promise<PaidSession | undefined> {
  const { input } = await reader.getTransaction({ hash });
  let quote: Quote;
  let payer: Address;
  try {
    const { functionName, args } = decodeFunctionData({ abi: ESCROW_ABI, data: input });
    if (functionName !== 'fund') return undefined;
    [quote, payer] = [args[0], getAddress(args[1])];
  } catch {
    // Somebody paid through a contract of their own: after its time anybody sends it back.
    return undefined;
  }
  const now = Math.floor(Date.now() / 1000);
  return {
    ...{ key, kind: 'session', pool: '' as PoolId, quote, payer, mode: quote.rate > 0n ? 'stream' : 'ticks' },
    ...{ reason: 'Found on the chain.', amount, spendWei: 0n, price: { promptMicros: 0, completionMicros: 0 } },
    ...{ secretHash: undefined, state: 'live', outcome: 'It was found on the chain alone, and ended.' },
    ...{ worthWei: 0n, hadOfWei: 0n, targets: new Map(), had: new Map(), peers: new Set(), jobs: new Map() },
    ...{ splitTicks: 0, rests: 0, hadJobs: true, isFailed: true },
    ...{ chain: NOT_OPENED, endAskedAt: now, usedAt: now, createdAt: now, endedAt: undefined },
  };
}
