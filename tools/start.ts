// Builds the site when it is old, then is the server: signaling/main.ts reads the same command line.
import { join } from 'node:path';
import type { ServerConfig } from '../signaling/config/config-types.ts';
import { HELP, readOptions, wantsOwnChain } from '../signaling/config/read-options.ts';
import { LOCAL_CHAIN_FOLDER } from '../signaling/db/data-folder.ts';
import { takeDatabase } from '../signaling/db/take-database.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const args = process.argv.slice(2);
/** Options with which out/ is not what is served. */
const OWN_SITE = ['--no-site', '--site'];

/** With a database that is not a folder of its own. */
const ELSEWHERE = '.data';

const chainFlags = (url: string, deployment: string, key: string): string[] => [
  '--chain-url',
  url,
  '--deployment',
  deployment,
  '--chain-key-file',
  key,
];
/** Stands for what is not there before the chain is: so that every other mistake is told first. */
const PROMISED = chainFlags('http://127.0.0.1:1', 'promised', 'promised');

/** What is to be added to the command line so that the server finds it. */
async function ownChain({ database }: ServerConfig): Promise<string[]> {
  await ensureInstalled(join(ROOT, 'contracts'));
  const { openLocalChain } = await import('./chain/local-chain.ts');
  const folder = join('dataDir' in database ? database.dataDir : ELSEWHERE, LOCAL_CHAIN_FOLDER);
  const chain = await openLocalChain(folder, console.log);
  process.once('exit', () => void chain.close());
  return chainFlags(chain.url, chain.deploymentFile, chain.keyFile);
}

runMain(async () => {
  const bringsChain = wantsOwnChain(args, process.env);
  const config = await readOptions([...args, ...(bringsChain ? PROMISED : [])], process.env);
  if (config === 'help') {
    console.log(HELP);
    return 0;
  }
  // Before the site is built: a second server must not build under the first one's feet.
  if (!config.wait) await (await takeDatabase(config.database)).release();
  if (!args.some((arg) => OWN_SITE.includes(arg.split('=')[0] ?? ''))) await ensureBuilt();
  if (bringsChain) process.argv.push(...(await ownChain(config)));
  await import('../signaling/main.ts');
  return new Promise<number>(() => {});
});
