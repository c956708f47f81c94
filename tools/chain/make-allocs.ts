// What forge's tests begin with: the state of a local chain to which the deploy script has just deployed Superfluid and USDC. Made
// anew where it is needed, and not committed: Superfluid's bytecode is under its own licence.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Address, createWalletClient, type Hex, http } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { deployFramework } from './deploy-framework.ts';
import { ensureUsdc } from './deploy-market.ts';
import { ChainDeployer } from './deployer.ts';
import { startAnvil } from './start-anvil.ts';
import { TEST_MNEMONIC } from './test-mnemonic.ts';

/** As forge's tests expect. */
const TIMES = { liquidationSeconds: 600, patricianSeconds: 300 };

interface DumpedAccount {
  nonce: number | string;
  balance: Hex;
  code?: Hex;
  storage?: Record<string, string>;
}

const word = (value: string): Hex => `0x${BigInt(value).toString(16).padStart(64, '0')}`;

export async function makeAllocs(): Promise<void> {
  const chain = await startAnvil();
  try {
    const wallet = createWalletClient({
      ...{ account: mnemonicToAccount(TEST_MNEMONIC), chain: anvil, transport: http(chain.url), pollingInterval: 20 },
    });
    const deployer = new ChainDeployer(wallet);
    const framework = await deployFramework(deployer, TIMES);
    const tokens = await ensureUsdc(deployer, framework);
    const dumped = (await wallet.request({ method: 'anvil_dumpState' as never, params: [] as never })) as Hex;
    const state = JSON.parse(gunzipSync(Buffer.from(dumped.slice(2), 'hex')).toString()) as {
      accounts: Record<Address, DumpedAccount>;
    };
    const allocs = Object.entries(state.accounts).map(([address, { balance, nonce, code = '0x', storage = {} }]) => {
      const words = Object.entries(storage).map(([key, value]) => [word(key), word(value)]);
      return [address, { balance, nonce: `0x${BigInt(nonce).toString(16)}`, code, storage: Object.fromEntries(words) }];
    });
    const folder = join('contracts', 'cache');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'superfluid.allocs.json'), JSON.stringify(Object.fromEntries(allocs)));
    writeFileSync(join(folder, 'superfluid.json'), JSON.stringify({ ...framework, ...tokens }, null, 1));
    console.log(`Superfluid deployed to a local chain for ${deployer.gasUsed} gas; its state is in contracts/cache.`);
  } finally {
    await chain.close();
  }
}
