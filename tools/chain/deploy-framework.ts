// Deploys Superfluid's framework where a chain has none, out of its own package and in its own order
// (SuperfluidFrameworkDeploymentSteps), without its deployer libraries: those pass the limit of code size.
import { type Address, type Hex, keccak256, stringToHex, zeroAddress } from 'viem';
import type { ChainDeployer } from './deployer.ts';
import { type Artifact, erc1820Artifact, superfluidArtifact } from './read-artifact.ts';

export interface Framework {
  host: Address;
  gdaForwarder: Address;
  tokenFactory: Address;
}

const PATHS = {
  slots: 'libs/SlotsBitmapLibrary',
  poolLibrary: 'agreements/gdav1/SuperfluidPoolDeployerLibrary',
  governance: 'utils/TestGovernance',
  host: 'superfluid/Superfluid',
  simpleForwarder: 'utils/SimpleForwarder',
  erc2771Forwarder: 'utils/ERC2771Forwarder',
  acl: 'utils/SimpleACL',
  cfa: 'agreements/ConstantFlowAgreementV1',
  gda: 'agreements/gdav1/GeneralDistributionAgreementV1',
  pool: 'agreements/gdav1/SuperfluidPool',
  beacon: 'upgradability/SuperfluidUpgradeableBeacon',
  adminNft: 'agreements/gdav1/PoolAdminNFT',
  proxy: 'upgradability/UUPSProxy',
  gdaForwarder: 'utils/GDAv1Forwarder',
  superToken: 'superfluid/SuperToken',
  tokenFactory: 'superfluid/SuperTokenFactory',
} as const;

/** Registry of ERC-1820, of which SuperTokens ask; its transaction has a signature that nobody has a key of (EIP-1820). */
const ERC1820: Address = '0x1820a4b7618bde71dce8cdc73aab6c95905fad24';
const ERC1820_SENDER: Address = '0xa990077c3205cbDf861e17Fa532eeB069cE9fF96';
const ERC1820_COST_WEI = 80_000_000_000_000_000n;
const CALLBACK_GAS = 3_000_000n;
/** Where what liquidations leave goes: to nobody. */
const REWARD: Address = '0x0000000000000000000000000000000000000045';

export interface FrameworkOptions {
  /** A stream's buffer is so many seconds of it. */
  liquidationSeconds: number;
  patricianSeconds: number;
}

export async function deployFramework(
  deployer: ChainDeployer,
  { liquidationSeconds, patricianSeconds }: FrameworkOptions,
): Promise<Framework> {
  const artifacts = Object.fromEntries(
    Object.entries(PATHS).map(([name, path]) => [name, superfluidArtifact(path)]),
  ) as Record<keyof typeof PATHS, Artifact>;
  type Name = keyof typeof PATHS;
  const deploy = (name: Name, args: readonly unknown[] = [], libraries = {}, as: string = name) =>
    deployer.deploy(as, artifacts[name], args, libraries);
  const read = <Value>(at: Address, name: Name, method: string, args: readonly unknown[] = []) =>
    deployer.read<Value>(at, artifacts[name].abi, method, args);
  /** Unless it was done. */
  const once = async (
    at: Address,
    name: Name,
    method: string,
    args: readonly unknown[],
    isDone: () => Promise<boolean>,
  ) => {
    if (!(await isDone())) await deployer.call(at, artifacts[name].abi, method, args);
  };
  const owned = (at: Address, name: Name, owner: Address) => async () =>
    (await read<Address>(at, name, 'owner')) === owner;

  await ensureErc1820(deployer);
  const governance = await deploy('governance');
  const simple = await deploy('simpleForwarder');
  const erc2771 = await deploy('erc2771Forwarder');
  const acl = await deploy('acl');
  // Not upgradable: addresses of agreements are what is registered below.
  const host = await deploy('host', [true, false, CALLBACK_GAS, simple, erc2771, acl]);
  await once(simple, 'simpleForwarder', 'transferOwnership', [host], owned(simple, 'simpleForwarder', host));
  await once(erc2771, 'erc2771Forwarder', 'transferOwnership', [host], owned(erc2771, 'erc2771Forwarder', host));
  const isSet = async () => (await read<Address>(host, 'host', 'getGovernance')) !== zeroAddress;
  await once(host, 'host', 'initialize', [governance], isSet);
  const times = [BigInt(liquidationSeconds), BigInt(patricianSeconds)];
  await once(governance, 'governance', 'initialize', [host, REWARD, ...times, []], async () => {
    const [liquidation] = await read<readonly bigint[]>(governance, 'governance', 'getPPPConfig', [host, zeroAddress]);
    return liquidation !== 0n;
  });

  const libraries = { SlotsBitmapLibrary: await deploy('slots') };
  const cfaLogic = await deploy('cfa', [host]);
  const firstPool = await deploy('pool', [zeroAddress], {}, 'pool-first');
  const beacon = await deploy('beacon', [firstPool]);
  const poolLibrary = { SuperfluidPoolDeployerLibrary: await deploy('poolLibrary') };
  const gdaLogic = await deploy('gda', [host, beacon], { ...libraries, ...poolLibrary });
  const agreement = async (name: 'cfa' | 'gda', logic: Address): Promise<Address> => {
    const kind = await read<Hex>(logic, name, 'agreementType');
    await once(governance, 'governance', 'registerAgreementClass', [host, logic], () =>
      read<boolean>(host, 'host', 'isAgreementTypeListed', [kind]),
    );
    return read<Address>(host, 'host', 'getAgreementClass', [kind]);
  };
  await agreement('cfa', cfaLogic);
  const gda = await agreement('gda', gdaLogic);
  const pool = await deploy('pool', [gda]);
  await castrate(pool, 'pool');
  const isLogic = async () => (await read<Address>(beacon, 'beacon', 'implementation')) === pool;
  await once(beacon, 'beacon', 'upgradeTo', [pool], isLogic);
  await once(beacon, 'beacon', 'transferOwnership', [host], owned(beacon, 'beacon', host));
  const role = await read<Hex>(gda, 'gda', 'ACL_POOL_CONNECT_EXCLUSIVE_ROLE');
  const admin = keccak256(stringToHex('ACL_POOL_CONNECT_EXCLUSIVE_ROLE_ADMIN'));
  const isAdmin = async () => (await read<Hex>(acl, 'acl', 'getRoleAdmin', [role])) === admin;
  await once(acl, 'acl', 'setRoleAdmin', [role, admin], isAdmin);
  await once(acl, 'acl', 'grantRole', [admin, gda], () => read<boolean>(acl, 'acl', 'hasRole', [admin, gda]));

  const nft = await deploy('proxy');
  const nftLogic = await deploy('adminNft', [host, gda]);
  await castrate(nftLogic, 'adminNft');
  const hasLogic = async () =>
    (await read<Address>(nft, 'adminNft', 'getCodeAddress').catch(() => zeroAddress)) !== zeroAddress;
  await once(nft, 'proxy', 'initializeProxy', [nftLogic], hasLogic);
  await once(nft, 'adminNft', 'initialize', ['Pool Admin NFT', 'PA'], async () => {
    return (await read<string>(nft, 'adminNft', 'name').catch(() => '')) !== '';
  });

  const gdaForwarder = await deploy('gdaForwarder', [host]);
  await once(governance, 'governance', 'enableTrustedForwarder', [host, zeroAddress, gdaForwarder], () =>
    read<boolean>(governance, 'governance', 'isTrustedForwarder', [host, zeroAddress, gdaForwarder]),
  );
  const superToken = await deploy('superToken', [host, nft]);
  const factoryLogic = await deploy('tokenFactory', [host, superToken, nftLogic, zeroAddress]);
  const factoryOf = () => read<Address>(host, 'host', 'getSuperTokenFactory');
  await once(
    governance,
    'governance',
    'updateContracts',
    [host, zeroAddress, [], factoryLogic, zeroAddress],
    async () => {
      return (await factoryOf()) !== zeroAddress;
    },
  );
  return { host, gdaForwarder, tokenFactory: await factoryOf() };

  /** Nobody shall initialize a contract that others are proxies of. */
  async function castrate(at: Address, name: Name): Promise<void> {
    await deployer.call(at, artifacts[name].abi, 'castrate').catch((cause: Error) => {
      if (!/already initialized/.test(cause.message)) throw cause;
    });
  }
}

async function ensureErc1820(deployer: ChainDeployer): Promise<void> {
  if (await deployer.hasCode(ERC1820)) return;
  const { bin } = erc1820Artifact();
  const signature =
    '1ba01820182018201820182018201820182018201820182018201820182018201820a01820182018201820182018201820182018201820182018201820182018201820';
  await deployer.send(ERC1820_SENDER, '0x', ERC1820_COST_WEI);
  const raw: Hex = `0xf90a388085174876e800830c35008080b909e5${bin}${signature}`;
  const hash = await deployer.wallet.sendRawTransaction({ serializedTransaction: raw });
  await deployer.mined(hash);
}
