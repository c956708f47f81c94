// Where paid sessions live, as the configuration names it: files, and what is in them. Read once, at the start.
import { readFileSync, statSync } from 'node:fs';
import { type Address, getAddress, type Hex, isHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import * as z from 'zod';
import { CHAINS } from '../../protocol/chains.ts';
import type { ChainConfig } from '../config/config-types.ts';
import { UsageError } from '../config/usage-error.ts';
import { type OpenChain, openChain } from './open-chain.ts';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => getAddress(text));

/** What `npm run deploy` writes down. */
const deploymentSchema = z.looseObject({
  chainId: z.int(),
  usdc: address,
  usdcx: address,
  escrow: address,
  /** Market pools by the name that they were deployed under. */
  pools: z.record(z.string(), address),
  treasuryUnits: z.int().min(0).max(9_999),
});

export interface ChainSetup {
  chain: OpenChain;
  markets: Record<string, Address>;
  /** The treasury's part of 10,000, in each of them. */
  treasuryUnits: number;
}

/** Throws `UsageError` with what to do. */
export function readChain({ key, url, deploymentFile, keyFile }: ChainConfig): ChainSetup {
  const chain = CHAINS.find((each) => each.key === key)!;
  const { chainId, usdc, usdcx, escrow, pools, treasuryUnits } = readDeployment(deploymentFile);
  if (chainId !== chain.id) {
    throw new UsageError(`${deploymentFile} is of chain ${chainId}, not of ${chain.name} (${chain.id}).`);
  }
  const account = privateKeyToAccount(readKey(keyFile));
  return {
    chain: openChain({ chain, rpcUrl: url, account, contracts: { usdc, usdcx, escrow } }),
    markets: pools,
    treasuryUnits,
  };
}

function readDeployment(file: string): z.infer<typeof deploymentSchema> {
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new UsageError(`${file} does not say what was deployed: npm run deploy writes it.`, { cause });
  }
}

function readKey(file: string): Hex {
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new UsageError(`Others can read ${file}: chmod 600 ${file}, then start again.`);
    }
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file} cannot be read: the key of this server’s own account is to be in it.`, { cause });
  }
  if (!isHex(text) || text.length !== 66) throw new UsageError(`${file} holds no key: 0x and 64 hexadecimal digits.`);
  return text;
}
