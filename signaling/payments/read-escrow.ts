// What the escrow on the chain says of itself, compared with what this server takes it for.
import { type Address, isAddressEqual, zeroAddress, zeroHash } from 'viem';
import { ESCROW_ABI, MARKET_POOL_ABI, SUPERFLUID_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import { keyOfQuote, vaultOfKey } from '../../protocol/quote.ts';
import { chainFault } from '../chain/chain-error.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { UsageError } from '../config/usage-error.ts';
import { weiOfDollars } from './amounts.ts';
import type { ChainCosts } from './plan-offer.ts';

/** Receipt `payments-gas`: fund, open, close; and fund, settle. */
const STREAM_GAS = 1.75;
const TICKS_GAS = 0.6;

export interface EscrowFacts {
  usdc: { address: Address; name: string; version: string };
  costs: ChainCosts;
}

/** Throws `chain-unreachable`, and `UsageError` where another contract, or another orchestrator's, is there. */
export async function readEscrow(chain: OpenChain): Promise<EscrowFacts> {
  const { reader, contracts, account } = chain;
  const escrow = { address: contracts.escrow, abi: ESCROW_ABI } as const;
  const usdc = { address: contracts.usdc, abi: TOKEN_ABI } as const;
  const read = async () =>
    Promise.all([
      reader.getChainId(),
      reader.readContract({ ...escrow, functionName: 'orchestrator' }),
      reader.readContract({ ...escrow, functionName: 'USDC' }),
      reader.readContract({ ...escrow, functionName: 'BOUNTY' }),
      reader.readContract({ ...escrow, functionName: 'GRACE' }),
      reader.readContract({ ...escrow, functionName: 'keyOf', args: [PROBE] }),
      reader.readContract({ ...escrow, functionName: 'vaultOf', args: [PROBE] }),
      reader.readContract({ ...usdc, functionName: 'name' }),
      reader.readContract({ ...usdc, functionName: 'version' }),
    ]);
  const [id, orchestrator, token, bounty, graceSeconds, key, vault, name, version] = await read().catch((thrown) => {
    throw chainFault(thrown);
  });
  const { chain: known } = chain;
  if (id !== known.id) throw new UsageError(`The node is of chain ${id}, not of ${known.name} (${known.id}).`);
  if (!isAddressEqual(orchestrator, account.address)) {
    throw new UsageError(
      `The escrow’s orchestrator is ${orchestrator}, and this server’s key is that of ${account.address}.`,
    );
  }
  if (!isAddressEqual(token, contracts.usdc))
    throw new UsageError('The escrow takes another token than was written down.');
  const at = { chainId: known.id, escrow: contracts.escrow };
  if (keyOfQuote(at, PROBE) !== key || vaultOfKey(at, key) !== vault) {
    throw new UsageError('The escrow names quotes and vaults otherwise than this version does: deploy anew.');
  }
  const buffer = await readBuffer(chain);
  const gas = (millions: number): bigint => weiOfDollars(millions * known.dollarsPerMillionGas);
  return {
    usdc: { address: contracts.usdc, name, version },
    costs: {
      ...{ streamGasWei: gas(STREAM_GAS), ticksGasWei: gas(TICKS_GAS), bounty, graceSeconds },
      ...buffer,
    },
  };
}

/** What Superfluid locks of a stream on this chain: its governance may say otherwise than the table of chains, and for each token. */
async function readBuffer({
  reader,
  contracts: { usdcx },
}: OpenChain): Promise<Pick<ChainCosts, 'bufferSeconds' | 'leastBufferWei'>> {
  const abi = SUPERFLUID_ABI;
  const read = async () => {
    const host = await reader.readContract({ address: usdcx, abi, functionName: 'getHost' });
    const address = await reader.readContract({ address: host, abi, functionName: 'getGovernance' });
    const args = [host, usdcx] as const;
    return Promise.all([
      reader.readContract({ address, abi, functionName: 'getPPPConfig', args }),
      reader.readContract({ address, abi, functionName: 'getSuperTokenMinimumDeposit', args }),
    ]);
  };
  const [[liquidation], leastBufferWei] = await read().catch((thrown) => {
    throw chainFault(thrown);
  });
  return { bufferSeconds: Number(liquidation), leastBufferWei };
}

/** Addresses that no operator can be paid at. */
export async function reservedAddresses(chain: OpenChain, markets: readonly Address[]): Promise<Set<Address>> {
  const { reader, contracts } = chain;
  const found = await Promise.all(
    markets.map(async (address) => {
      const pool = { address, abi: MARKET_POOL_ABI } as const;
      return Promise.all([
        reader.readContract({ ...pool, functionName: 'treasury' }),
        reader.readContract({ ...pool, functionName: 'suspense' }),
        reader.readContract({ ...pool, functionName: 'gdaPool' }),
      ]);
    }),
  ).catch((thrown) => {
    throw chainFault(thrown);
  });
  return new Set([...found.flat(), ...markets, contracts.escrow, contracts.usdc, contracts.usdcx]);
}

const PROBE = {
  ...{ id: zeroHash, payer: zeroAddress, pool: zeroAddress, rate: 1n, maxRate: 2n, fee: 3n },
  ...{ maxSeconds: 4, openBefore: 5 },
};
