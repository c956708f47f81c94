// A contract account (EIP-1271) on a local chain, for tests: `contracts/test/Wallet1271.sol`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, createWalletClient, type Hex, http, publicActions } from 'viem';
import { anvil } from 'viem/chains';
import type { LocalChain } from '../../tools/chain/local-chain.ts';

/** Compiled here: it is of tests alone. Its signatures are its owner's, and longer than an account's. */
export async function deployTestWallet(
  { payer, url }: Pick<LocalChain, 'payer' | 'url'>,
  owner: Address,
): Promise<Address> {
  const path = 'test/Wallet1271.sol';
  const input = {
    ...{ language: 'Solidity', sources: { [path]: { content: readFileSync(join('contracts', path), 'utf8') } } },
    settings: {
      ...{ evmVersion: 'cancun', outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
      remappings: ['@openzeppelin/=node_modules/@openzeppelin/'],
    },
  };
  const said = execFileSync(
    'node',
    ['bin/solc', '--standard-json', '--base-path', '.', '--include-path', 'node_modules'],
    {
      ...{ cwd: 'contracts', input: JSON.stringify(input), maxBuffer: 64 * 1024 * 1024 },
    },
  );
  const { Wallet1271 } = JSON.parse(said.toString()).contracts[path];
  const deployer = createWalletClient({
    account: payer,
    chain: anvil,
    transport: http(url),
    pollingInterval: 20,
  });
  const hash = await deployer.deployContract({
    ...{ abi: Wallet1271.abi, bytecode: `0x${Wallet1271.evm.bytecode.object}` as Hex, args: [owner] },
  });
  const { contractAddress } = await deployer.extend(publicActions).waitForTransactionReceipt({ hash });
  return contractAddress!;
}
