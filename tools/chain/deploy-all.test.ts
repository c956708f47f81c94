// On a real local chain, where `contracts/` is installed; elsewhere `npm run contracts -- test` says how.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHAINS } from '../../protocol/chains.ts';
import { deployAll } from './deploy-all.ts';
import { type Anvil, startAnvil } from './start-anvil.ts';
import { TEST_MNEMONIC } from './test-mnemonic.ts';

const isThere = existsSync(join('contracts', 'node_modules', '@foundry-rs'));
const [LOCAL] = CHAINS;
const accounts = [0, 1, 2].map((addressIndex) => mnemonicToAccount(TEST_MNEMONIC, { addressIndex }));
const [account, orchestrator, treasury] = accounts as [
  (typeof accounts)[0],
  (typeof accounts)[0],
  (typeof accounts)[0],
];
const OPTIONS = {
  ...{ account, owner: account.address, orchestrator: orchestrator.address, feeTo: orchestrator.address },
  ...{ bountyMicros: 20_000n, graceSeconds: 300, settleSeconds: 600 },
  ...{ treasury: treasury.address, treasuryUnits: 3_000, pools: ['guide'] },
};

let chain: Anvil;
beforeAll(async () => {
  if (isThere) chain = await startAnvil();
});
afterAll(() => chain?.close());

test.runIf(isThere)('a chain has the whole market once, and the same addresses wherever it is deployed', async () => {
  const first = await deployAll(LOCAL!, { ...OPTIONS, rpcUrl: chain.url });
  const again = await deployAll(LOCAL!, { ...OPTIONS, rpcUrl: chain.url });
  expect(again.escrow).toBe(first.escrow);
  expect(again.pools).toEqual(first.pools);
  expect(again.usdcx).toBe(first.usdcx);
  const other = await startAnvil();
  try {
    // Something else was deployed there before: addresses do not count transactions.
    await deployAll(LOCAL!, { ...OPTIONS, rpcUrl: other.url, salt: 'another', pools: [] });
    const there = await deployAll(LOCAL!, { ...OPTIONS, rpcUrl: other.url });
    expect(there.host).toBe(first.host);
    expect(there.usdc).toBe(first.usdc);
  } finally {
    await other.close();
  }
  await expect(deployAll(LOCAL!, { ...OPTIONS, rpcUrl: chain.url, bountyMicros: 30_000n })).resolves.not.toMatchObject({
    escrow: first.escrow,
  });
});
