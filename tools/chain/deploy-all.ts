// Deploys all that a market needs to one chain of the table, reads it back, and gives its addresses. What is there already stays.
import { type Address, createWalletClient, defineChain, http, type LocalAccount } from 'viem';
import type { Chain } from '../../protocol/chains.ts';
import { deployFramework, type Framework } from './deploy-framework.ts';
import { deployMarket, deployMarketPool, type Market, type MarketOptions } from './deploy-market.ts';
import { ChainDeployer } from './deployer.ts';
import { ownArtifact, superfluidArtifact } from './read-artifact.ts';

export interface DeployOptions extends Omit<MarketOptions, 'usdc'> {
  account: LocalAccount;
  rpcUrl?: string;
  salt?: string;
  treasury: Address;
  /** Parts of 10,000. */
  treasuryUnits: number;
  /** Names of market pools, each with a contract of its own. */
  pools: readonly string[];
  log?(line: string): void;
}

export interface Deployment extends Market {
  chainId: number;
  pools: Record<string, Address>;
  treasuryUnits: number;
  gasUsed: bigint;
}

/** Throws where what is there is not what was asked for. */
export async function deployAll(chain: Chain, options: DeployOptions): Promise<Deployment> {
  const { account, rpcUrl = chain.rpcUrl, salt, log, treasury, treasuryUnits, pools } = options;
  const symbol = chain.nativeSymbol;
  const wallet = createWalletClient({
    account,
    chain: defineChain({
      ...{ id: chain.id, name: chain.name, nativeCurrency: { name: symbol, symbol, decimals: 18 } },
      rpcUrls: { default: { http: [rpcUrl] } },
    }),
    transport: http(rpcUrl),
    pollingInterval: chain.receipt.everyMs,
  });
  const deployer = new ChainDeployer(wallet, { ...(salt ? { salt } : {}), ...(log ? { log } : {}), gas: chain.gas });
  const framework = await frameworkOf(deployer, chain);
  const market = await deployMarket(deployer, framework, {
    ...options,
    ...(chain.usdc ? { usdc: chain.usdc.address } : {}),
  });
  const deployed: Record<string, Address> = {};
  for (const name of pools) {
    deployed[name] = await deployMarketPool(deployer, { escrow: market.escrow, name, treasury, treasuryUnits });
  }
  await readBack(deployer, market, deployed, options);
  return { ...market, chainId: chain.id, pools: deployed, treasuryUnits, gasUsed: deployer.gasUsed };
}

async function frameworkOf(deployer: ChainDeployer, chain: Chain): Promise<Framework> {
  if (!chain.superfluid) return deployFramework(deployer, chain);
  const { host, gdaForwarder } = chain.superfluid;
  const { abi } = superfluidArtifact('superfluid/Superfluid');
  return { host, gdaForwarder, tokenFactory: await deployer.read<Address>(host, abi, 'getSuperTokenFactory') };
}

/** Settings of a contract cannot be changed any more: one that differs is another contract. */
async function readBack(
  deployer: ChainDeployer,
  market: Market,
  pools: Record<string, Address>,
  options: DeployOptions,
): Promise<void> {
  const escrow = ownArtifact('SessionEscrow').abi;
  const pool = ownArtifact('MarketPool').abi;
  const expected: [Address, typeof escrow, string, unknown][] = [
    [market.escrow, escrow, 'USDC', market.usdc],
    [market.escrow, escrow, 'USDCX', market.usdcx],
    [market.escrow, escrow, 'GDA', market.gdaForwarder],
    [market.escrow, escrow, 'owner', options.owner],
    [market.escrow, escrow, 'orchestrator', options.orchestrator],
    [market.escrow, escrow, 'BOUNTY', options.bountyMicros],
    [market.escrow, escrow, 'GRACE', options.graceSeconds],
    [market.escrow, escrow, 'SETTLE_SECONDS', options.settleSeconds],
    ...Object.values(pools).flatMap((at): typeof expected => [
      [at, pool, 'ESCROW', market.escrow],
      [at, pool, 'treasury', options.treasury],
      [at, pool, 'suspenseUnits', BigInt(10_000 - options.treasuryUnits)],
    ]),
  ];
  for (const [at, abi, name, value] of expected) {
    const found = await deployer.read<unknown>(at, abi, name);
    if (String(found).toLowerCase() !== String(value).toLowerCase()) {
      throw new Error(`${name} of ${at} is ${String(found)}, and not ${String(value)}.`);
    }
  }
}
