// Builds the site when it is old, then is the server: signaling/main.ts reads the same command line.
import { HELP, readOptions } from '../signaling/config/read-options.ts';
import { takeDatabase } from '../signaling/db/take-database.ts';
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const args = process.argv.slice(2);
/** Options with which out/ is not what is served. */
const OWN_SITE = ['--no-site', '--site'];

runMain(async () => {
  const config = await readOptions(args, process.env);
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
