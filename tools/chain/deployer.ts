// Deploys to addresses that depend on salt and code alone, and sets up what it has deployed. What is there already is left as it is,
// so that a run that was cut goes on where it was.
import {
  type Abi,
  type Account,
  type Address,
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  keccak256,
  type PublicClient,
  publicActions,
  stringToHex,
  type Transport,
  type Chain as ViemChain,
  type WalletClient,
} from 'viem';
import type { Chain } from '../../protocol/chains.ts';
import { type Artifact, linkBytecode, ownArtifact } from './read-artifact.ts';

/** Nick Johnson's keyless deployment proxy, at one address on every chain; anvil has it from the start. */
const PROXY: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C';

export type Wallet = WalletClient<Transport, ViemChain, Account>;

export interface DeployerOptions {
  /** Another one makes another set of contracts on the same chain. */
  salt?: string;
  gas?: Chain['gas'];
  log?(line: string): void;
}

export class ChainDeployer {
  readonly #wallet: Wallet;
  readonly #public: PublicClient;
  readonly #salt: Hex;
  readonly #log: (line: string) => void;
  #at: Address | undefined;
  readonly #gas: Chain['gas'];
  gasUsed = 0n;

  constructor(wallet: Wallet, { salt = 'computepool', log = () => {}, gas = { percent: 130 } }: DeployerOptions = {}) {
    this.#gas = gas;
    this.#wallet = wallet;
    this.#public = wallet.extend(publicActions) as unknown as PublicClient;
    this.#salt = keccak256(stringToHex(salt));
    this.#log = log;
  }

  get wallet(): Wallet {
    return this.#wallet;
  }

  get owner(): Address {
    return this.#wallet.account.address;
  }

  async hasCode(address: Address): Promise<boolean> {
    return ((await this.#public.getCode({ address })) ?? '0x') !== '0x';
  }

  read<Value>(address: Address, abi: Abi, functionName: string, args: readonly unknown[] = []): Promise<Value> {
    return this.#public.readContract({ address, abi, functionName, args }) as Promise<Value>;
  }

  /** This deployer's own contract, which owns what it deploys. */
  async at(): Promise<Address> {
    if (this.#at) return this.#at;
    const { abi, bytecode } = ownArtifact('Deployer');
    const code = encodeDeployData({ abi, bytecode: bytecode as Hex, args: [this.owner] });
    const address = getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: this.#salt, bytecode: code });
    if (!(await this.hasCode(address))) {
      if (!(await this.hasCode(PROXY))) throw new Error(`This chain has no deployment proxy at ${PROXY}.`);
      await this.send(PROXY, `${this.#salt}${code.slice(2)}`);
    }
    this.#at = address;
    return address;
  }

  async deploy(name: string, artifact: Artifact, args: readonly unknown[] = [], libraries = {}): Promise<Address> {
    const from = await this.at();
    const code = encodeDeployData({ abi: artifact.abi, bytecode: linkBytecode(artifact, libraries), args });
    const salt = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'string' }], [this.#salt, name]));
    const address = getContractAddress({ opcode: 'CREATE2', from, salt, bytecode: code });
    if (await this.hasCode(address)) return address;
    const { abi } = ownArtifact('Deployer');
    await this.send(from, encodeFunctionData({ abi, functionName: 'deploy', args: [salt, code] }));
    if (!(await this.hasCode(address))) throw new Error(`${name} was not deployed to ${address}.`);
    this.#log(`${name} ${address}`);
    return address;
  }

  /** As the owner of what was deployed. */
  async call(to: Address, contract: Abi, functionName: string, args: readonly unknown[] = []): Promise<void> {
    const { abi } = ownArtifact('Deployer');
    const data = encodeFunctionData({ abi: contract, functionName, args });
    await this.send(await this.at(), encodeFunctionData({ abi, functionName: 'call', args: [to, data] }));
  }

  /** As the wallet itself. Throws where it reverts. */
  async send(to: Address, data: Hex, value = 0n): Promise<Hex> {
    const account = this.#wallet.account;
    const estimated = await this.#public.estimateGas({ account, to, data, value });
    const { percent, priceWei } = this.#gas;
    const gas = (estimated * BigInt(percent)) / 100n;
    const hash = await this.#wallet.sendTransaction({
      to,
      data,
      value,
      gas,
      ...(priceWei ? { gasPrice: priceWei } : {}),
    });
    await this.mined(hash);
    return hash;
  }

  /** Throws where it reverted. */
  async mined(hash: Hex): Promise<void> {
    const receipt = await this.#public.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`A transaction of the deployment reverted: ${hash}.`);
    this.gasUsed += receipt.gasUsed;
  }
}
