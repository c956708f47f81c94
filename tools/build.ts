// Builds the site and ends: for images and machines that build at one time and serve at another.
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

runMain(async () => {
  if ((await ensureBuilt()) === 'current') console.log('The site is built as the sources are.');
  return 0;
});
