// Builds the site when it is old, then is the server: signaling/main.ts reads the same command line.
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const args = process.argv.slice(2);
/** Options with which out/ is not what is served. */
const OWN_SITE = ['--help', '--no-site', '--site'];

runMain(async () => {
  if (!args.some((arg) => OWN_SITE.includes(arg.split('=')[0] ?? ''))) await ensureBuilt();
  await import('../signaling/main.ts');
  return new Promise<number>(() => {});
});
