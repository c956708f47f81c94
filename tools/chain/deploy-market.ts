// Deploys what a market needs to a chain that has Superfluid: USDC where there is none, its SuperToken, the escrow and market pools.
import { type Abi, type Address, parseEventLogs, publicActions, zeroAddress } from 'viem';
import type { Framework } from './deploy-framework.ts';
import type { ChainDeployer } from './deployer.ts';
import { ownArtifact, superfluidArtifact } from './read-artifact.ts';

export interface MarketOptions {
  /** Circle's, where the chain has it; else a test token is deployed, worth nothing. */
  usdc?: Address;
  orchestrator: Address;
  owner: Address;
  feeTo: Address;
  /** USDC, 6 digits. */
  bountyMicros: bigint;
  graceSeconds: number;
  settleSeconds: number;
}

export interface Market extends Framework {
  usdc: Address;
  usdcx: Address;
  escrow: Address;
}

/** SuperTokenFactory's `Upgradability`; 0 is deprecated. Superfluid's governance may change its logic, and nobody else. */
const SEMI_UPGRADABLE = 1;
const USDC_DIGITS = 6;

export async function deployMarket(
  deployer: ChainDeployer,
  framework: Framework,
  options: MarketOptions,
): Promise<Market> {
  const { owner, orchestrator, feeTo, bountyMicros, graceSeconds, settleSeconds } = options;
  const { usdc, usdcx } = await ensureUsdc(deployer, framework, options.usdc);
  const settings = {
    ...{ usdc, usdcx, gda: framework.gdaForwarder, owner, orchestrator, feeTo },
    ...{ bounty: bountyMicros, grace: graceSeconds, settleSeconds },
  };
  const escrow = await deployer.deploy('SessionEscrow', ownArtifact('SessionEscrow'), [settings]);
  return { ...framework, usdc, usdcx, escrow };
}

export async function ensureUsdc(
  deployer: ChainDeployer,
  framework: Framework,
  known?: Address,
): Promise<Pick<Market, 'usdc' | 'usdcx'>> {
  const usdc = known ?? (await deployer.deploy('TestUSDC', ownArtifact('TestUSDC')));
  return { usdc, usdcx: await ensureWrapper(deployer, framework, usdc) };
}

/** `treasuryUnits` of 10,000. */
export const deployMarketPool = (
  deployer: ChainDeployer,
  {
    escrow,
    name,
    treasury,
    treasuryUnits,
  }: { escrow: Address; name: string; treasury: Address; treasuryUnits: number },
): Promise<Address> =>
  deployer.deploy(`MarketPool ${name}`, ownArtifact('MarketPool'), [escrow, treasury, BigInt(treasuryUnits)]);

/** One that nobody can change, of exactly this token; the one that was made for it earlier, if any was. */
async function ensureWrapper(deployer: ChainDeployer, { tokenFactory }: Framework, usdc: Address): Promise<Address> {
  const abi = wrapperAbi();
  const reader = deployer.wallet.extend(publicActions);
  const created = { abi, eventName: 'SuperTokenCreated' } as const;
  const find = async (): Promise<Address | undefined> => {
    const logs = await reader.getLogs({ address: tokenFactory, fromBlock: 0n });
    const tokens = parseEventLogs({ ...created, logs }) as unknown as { args: { token: Address } }[];
    for (const { args } of tokens) {
      if (
        (await deployer.read<Address>(
          args.token,
          superfluidArtifact('superfluid/SuperToken').abi,
          'getUnderlyingToken',
        )) === usdc
      ) {
        return args.token;
      }
    }
    return undefined;
  };
  const earlier = await find();
  if (earlier) return earlier;
  const args = [usdc, USDC_DIGITS, SEMI_UPGRADABLE, 'Super USDC', 'USDCx'];
  await deployer.call(tokenFactory, abi, 'createERC20Wrapper', args);
  const made = await find();
  if (!made || made === zeroAddress) throw new Error('Superfluid made no token for this USDC.');
  return made;
}

/** Among several overloads the one with digits and upgradability. */
function wrapperAbi(): Abi {
  const { abi } = superfluidArtifact('superfluid/SuperTokenFactory');
  const types = (item: Abi[number]): string => ('inputs' in item ? item.inputs.map(({ type }) => type).join() : '');
  return abi.filter((item) => {
    const isWrapper = item.type === 'function' && item.name === 'createERC20Wrapper';
    return !isWrapper || types(item) === 'address,uint8,uint8,string,string';
  });
}
