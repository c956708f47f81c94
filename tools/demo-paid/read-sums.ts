// Where a market pool's money is, read from the chain alone: imports nothing of the server, and believes nothing that it says.
import { type Address, createPublicClient, type Hex, http, parseEventLogs } from 'viem';
import { anvil } from 'viem/chains';
import { ESCROW_ABI, GDA_POOL_ABI, MARKET_POOL_ABI, TOKEN_ABI } from '../../protocol/abi.ts';

/** Wei of 18 digits, all of them. */
export interface Sums {
  /** What payers have paid in. */
  deposit: bigint;
  operators: bigint;
  treasury: bigint;
  suspense: bigint;
  /** Roundings: at the pool's admin, and at the vaults. */
  poolDust: bigint;
  vaultDust: bigint;
  fee: bigint;
  /** What payers have got back. */
  refund: bigint;
}

export interface MoneyPlaces {
  url: string;
  escrow: Address;
  usdc: Address;
  usdcx: Address;
  market: Address;
  operators: readonly Address[];
  feeTo: Address;
  /** Paid sessions that are looked at. */
  keys: readonly Hex[];
}

const SCALE = 10n ** 12n;
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n);

/** What each operator has received of the pool by now, whether it streams or not. */
export async function readOperators({ url, market, operators, usdcx }: MoneyPlaces): Promise<bigint[]> {
  const { reader, gda } = await open(url, market);
  return Promise.all(operators.map((member) => received(reader, gda, usdcx, member)));
}

export async function readSums(places: MoneyPlaces): Promise<Sums> {
  const { url, escrow, usdc, usdcx, market, operators, feeTo, keys } = places;
  const { reader, gda } = await open(url, market);
  const pool = { address: market, abi: MARKET_POOL_ABI } as const;
  const [treasury, suspense] = await Promise.all([
    reader.readContract({ ...pool, functionName: 'treasury' }),
    reader.readContract({ ...pool, functionName: 'suspense' }),
  ]);
  const balance = (address: Address, of: Address): Promise<bigint> =>
    reader.readContract({ address, abi: TOKEN_ABI, functionName: 'balanceOf', args: [of] });
  const logs = parseEventLogs({
    abi: ESCROW_ABI,
    logs: await reader.getLogs({ address: escrow, fromBlock: 0n }),
  }).filter(({ args }) => 'key' in args && keys.includes(args.key));
  const funded = logs.flatMap((log) => (log.eventName === 'Funded' ? [log.args] : []));
  const vaults = [...new Set(funded.map(({ vault }) => vault))];
  // What went from a vault, or from suspense, to whoever had paid it: the token's own word, not the escrow's.
  const transfers = parseEventLogs({
    abi: TOKEN_ABI,
    eventName: 'Transfer',
    logs: await reader.getLogs({ address: usdc, fromBlock: 0n }),
  });
  // What is unwrapped comes from the wrapper, and was in a vault before.
  const paidIn = transfers.filter(({ args }) => vaults.includes(args.to) && args.from !== usdcx);
  const payers = new Set(paidIn.map(({ args }) => args.from));
  const isOurs = (from: Address): boolean => vaults.includes(from) || from === usdcx;
  const back = transfers.filter(({ args }) => payers.has(args.to) && isOurs(args.from));
  return {
    deposit: sum(paidIn.map(({ args }) => args.value)) * SCALE,
    operators: sum(await Promise.all(operators.map((member) => received(reader, gda, usdcx, member)))),
    treasury: await received(reader, gda, usdcx, treasury),
    suspense: await balance(usdcx, suspense),
    poolDust: await balance(usdcx, market),
    vaultDust: sum(
      await Promise.all(
        vaults.map(async (vault) => (await balance(usdc, vault)) * SCALE + (await balance(usdcx, vault))),
      ),
    ),
    fee: (await balance(usdc, feeTo)) * SCALE,
    refund: sum(back.map(({ args }) => args.value)) * SCALE,
  };
}

/** To the wei. */
export const isBalanced = ({ deposit, ...parts }: Sums): boolean => deposit === sum(Object.values(parts));

async function open(url: string, market: Address) {
  const reader = createPublicClient({ chain: anvil, transport: http(url), cacheTime: 0 });
  const gda = await reader.readContract({ address: market, abi: MARKET_POOL_ABI, functionName: 'gdaPool' });
  return { reader, gda };
}

type Reader = Awaited<ReturnType<typeof open>>['reader'];

/** Through the pool, whether it was fetched from there or not, and by itself. Nobody here spends what it has. */
async function received(reader: Reader, address: Address, usdcx: Address, member: Address): Promise<bigint> {
  const args = [member] as const;
  const [throughPool, unfetched, owned] = await Promise.all([
    reader.readContract({ address, abi: GDA_POOL_ABI, functionName: 'getTotalAmountReceivedByMember', args }),
    reader.readContract({ address, abi: GDA_POOL_ABI, functionName: 'getClaimableNow', args }),
    reader.readContract({ address: usdcx, abi: TOKEN_ABI, functionName: 'balanceOf', args }),
  ]);
  const fetched = throughPool - unfetched[0];
  return throughPool + owned - fetched;
}
