// Deploys market pools to a chain of the table, reads back what is there, and writes its addresses down. With a key of one's own out of
// a file; a local chain has anvil's first account.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Address, type Hex, isAddress, isHex } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { CHAINS } from '../protocol/chains.ts';
import { UsageError } from '../signaling/config/usage-error.ts';
import { deployAll } from './chain/deploy-all.ts';
import { MARKET_TERMS } from './chain/market-terms.ts';
import { TEST_MNEMONIC } from './chain/test-mnemonic.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { runMain } from './terminal/run-main.ts';

const HELP = `Deploys the contracts of market pools, and Superfluid's framework where a chain has none. What is there already stays.

  npm run deploy -- --chain KEY [options]

  --chain KEY         ${CHAINS.map(({ key }) => key).join(', ')}
  --rpc URL           a node of that chain; by default a public one
  --key-file FILE     the key that pays and owns, as 0x and 64 digits, in a file that only its owner can read
  --orchestrator ADDR who signs quotes and moves units, by default the owner
  --treasury ADDR     who has what no operator has, by default the owner
  --share UNITS       the treasury's, of 10,000, by default 3000
  --pool NAME         a market pool; may be given several times
  --out FOLDER        where addresses and the sources' standard JSON go, by default .data/deployments

On a live chain this costs gas: try it with --chain local first.`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  chain: TEXT,
  rpc: TEXT,
  'key-file': TEXT,
  orchestrator: TEXT,
  treasury: TEXT,
  share: TEXT,
  out: TEXT,
  pool: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

runMain(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const chain = CHAINS.find(({ key }) => key === values.chain);
  if (!chain) throw new UsageError(`Say which chain: --chain ${CHAINS.map(({ key }) => key).join(', --chain ')}.`);
  await ensureInstalled(join(ROOT, 'contracts'));
  const account = values['key-file'] ? privateKeyToAccount(readKey(values['key-file'])) : localAccount(chain.key);
  const treasuryUnits = Number(values.share ?? 3_000);
  if (!Number.isInteger(treasuryUnits) || treasuryUnits < 0 || treasuryUnits >= 10_000) {
    throw new UsageError('--share is a whole number from 0 to 9999.');
  }
  const orchestrator = addressOf('orchestrator', values.orchestrator ?? account.address);
  const deployment = await deployAll(chain, {
    ...{ ...MARKET_TERMS, account, owner: account.address, orchestrator, feeTo: orchestrator, treasuryUnits },
    treasury: addressOf('treasury', values.treasury ?? account.address),
    pools: values.pool ?? [],
    log: (line) => console.log(line),
    ...(values.rpc ? { rpcUrl: values.rpc } : {}),
  });
  const folder = values.out ?? join('.data', 'deployments');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${chain.key}.json`);
  const text = JSON.stringify(deployment, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2);
  writeFileSync(file, `${text}\n`);
  const sources = copySources(folder, chain.key);
  console.log(`\n${deployment.gasUsed} gas in all. Addresses: ${file}. ${sources}`);
  return 0;
});

/** What a block explorer takes to show that the sources are these: the compiler's own input. */
function copySources(folder: string, key: string): string {
  const builds = join('contracts', 'out', 'build-info');
  const found = readdirSync(join('contracts', 'out'), { withFileTypes: true }).some(
    ({ name }) => name === 'build-info',
  );
  const [first] = found ? readdirSync(builds) : [];
  if (!first) return 'For the sources as standard JSON run npm run contracts -- build, and this again.';
  const { input } = JSON.parse(readFileSync(join(builds, first), 'utf8'));
  const file = join(folder, `${key}.sources.json`);
  writeFileSync(file, JSON.stringify(input));
  return `Sources as standard JSON: ${file}.`;
}

function localAccount(key: string) {
  if (key !== 'local') throw new UsageError('A live chain needs a key of yours: --key-file FILE.');
  return mnemonicToAccount(TEST_MNEMONIC);
}

function readKey(file: string): Hex {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new UsageError(`Others can read ${file}: chmod 600 ${file}, then run the same again.`);
  }
  const key = readFileSync(file, 'utf8').trim();
  if (!isHex(key) || key.length !== 66) throw new UsageError(`${file} holds no key: 0x and 64 hexadecimal digits.`);
  return key;
}

function addressOf(option: string, text: string): Address {
  if (!isAddress(text)) throw new UsageError(`--${option} is an address: 0x and 40 hexadecimal digits.`);
  return text;
}
