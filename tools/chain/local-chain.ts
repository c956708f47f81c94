// A local chain for a server of this machine: anvil, all contracts, a wallet to pay with. Everything on it is worth nothing, and forgotten
// when it ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, createWalletClient, type Hex, http, parseUnits, publicActions, toHex } from 'viem';
import { type HDAccount, mnemonicToAccount } from 'viem/accounts';
import { anvil as anvilChain } from 'viem/chains';
import { TOKEN_ABI } from '../../protocol/abi.ts';
import { CHAINS } from '../../protocol/chains.ts';
import { type Deployment, deployAll } from './deploy-all.ts';
import { MARKET_TERMS } from './market-terms.ts';
import { startAnvil } from './start-anvil.ts';
import { TEST_MNEMONIC } from './test-mnemonic.ts';

export interface LocalChain {
  url: string;
  deployment: Deployment;
  deploymentFile: string;
  keyFile: string;
  /** With a thousand dollars of the test token. */
  payer: HDAccount;
  /** Earns what no operator does. */
  treasury: Address;
  /** Takes opening fees. */
  feeTo: Address;
  close(): Promise<void>;
}

const DOLLARS = '1000';
const account = (addressIndex: number): HDAccount => mnemonicToAccount(TEST_MNEMONIC, { addressIndex });

/** `folder`: where the addresses and the orchestrator's key are written. */
export async function openLocalChain(folder: string, log: (line: string) => void = () => {}): Promise<LocalChain> {
  const chain = CHAINS.find(({ key }) => key === 'local')!;
  const node = await startAnvil({ blockSeconds: 1 });
  try {
    const [orchestrator, payer] = [account(0), account(1)];
    const [treasury, feeTo] = [account(8).address, account(9).address];
    const deployment = await deployAll(chain, {
      ...{ ...MARKET_TERMS, account: orchestrator, owner: orchestrator.address, orchestrator: orchestrator.address },
      ...{ feeTo, treasury, treasuryUnits: 3_000, pools: ['market'], rpcUrl: node.url },
    });
    log(
      `A local chain is at ${node.url}: Superfluid, USDC and a market pool were deployed there; all of it is worth nothing.`,
    );
    await mint(node.url, orchestrator, deployment.usdc, payer.address);
    log(`A test wallet with ${DOLLARS} USDC: ${payer.address}, account 1 of "${TEST_MNEMONIC}".`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const deploymentFile = join(folder, 'local.json');
    const keyFile = join(folder, 'local.key');
    const text = JSON.stringify(deployment, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2);
    writeFileSync(deploymentFile, `${text}\n`);
    writeFileSync(keyFile, `${keyOf(orchestrator)}\n`, { mode: 0o600 });
    return { url: node.url, deployment, deploymentFile, keyFile, payer, treasury, feeTo, close: node.close };
  } catch (thrown) {
    await node.close();
    throw thrown;
  }
}

async function mint(url: string, from: HDAccount, usdc: Address, to: Address): Promise<void> {
  const wallet = createWalletClient({ account: from, chain: anvilChain, transport: http(url), pollingInterval: 20 });
  const args = [to, parseUnits(DOLLARS, 6)] as const;
  const hash = await wallet.writeContract({ address: usdc, abi: TOKEN_ABI, functionName: 'mint', args });
  await wallet.extend(publicActions).waitForTransactionReceipt({ hash });
}

/** Anybody knows it. */
const keyOf = (known: HDAccount): Hex => toHex(known.getHdKey().privateKey!);
