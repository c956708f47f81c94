// Builds the site when it is old, then is the server: signaling/main.ts reads the same command line.
import { join } from 'node:path';
import { HELP, readOptions } from '../signaling/config/read-options.ts';
import { takeDatabase } from '../signaling/db/take-database.ts';
import { ensureInstalled, ROOT } from './install/ensure-installed.mjs';
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const args = process.argv.slice(2);
/** Options with which out/ is not what is served. */
const OWN_SITE = ['--no-site', '--site'];

/** `--chain local` without a deployment brings its own chain; what was said of it is added to the command line. */
async function localChain(given: readonly string[]): Promise<string[]> {
  const text = given.join(' ');
  if (!/(^| )--chain[ =]local( |$)/.test(text) || /--(deployment|help)\b/.test(text)) return [];
  await ensureInstalled(join(ROOT, 'contracts'));
  const { openLocalChain } = await import('./chain/local-chain.ts');
  const chain = await openLocalChain(join('.data', 'local-chain'), console.log);
  process.once('exit', () => void chain.close());
  return ['--chain-url', chain.url, '--deployment', chain.deploymentFile, '--chain-key-file', chain.keyFile];
}

runMain(async () => {
  const local = await localChain(args);
  process.argv.push(...local);
  const config = await readOptions(process.argv.slice(2), process.env);
  if (config === 'help') {
    console.log(HELP);
    return 0;
  }
  // Before the site is built: a second server must not build under the first one's feet.
  if (!config.wait) await (await takeDatabase(config.database)).release();
  if (!args.some((arg) => OWN_SITE.includes(arg.split('=')[0] ?? ''))) await ensureBuilt();
  await import('../signaling/main.ts');
  return new Promise<number>(() => {});
});
