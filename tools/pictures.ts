// Takes a picture of every page and state of the running product, on a phone in the light and on a desk in the dark, and writes the
// index of them. A real server, real tabs, the site's own model.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../app/format/format-bytes.ts';
import { UsageError } from '../signaling/config/usage-error.ts';
import { launchBrowser } from './browser/launch-browser.ts';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ROOT } from './install/ensure-installed.mjs';
import { openScene } from './pictures/open-scene.ts';
import { SHOTS } from './pictures/shots.ts';
import { LOOKS, takePicture } from './pictures/take-picture.ts';
import { indexOf } from './pictures/write-index.ts';
import { ensureBuilt } from './site/ensure-built.ts';
import { runMain } from './terminal/run-main.ts';

const FOLDER = join('docs', 'pictures');
const INDEX = join('docs', 'PICTURES.md');
/** Whoever clones the repository takes them all. */
const MOST_BYTES = 4 * 1024 * 1024;

const USAGE = 'npm run pictures [-- NAME...]   all of them, or those whose name begins so';

runMain(async () => {
  const wanted = process.argv.slice(2);
  if (wanted.includes('--help')) {
    console.log([USAGE, ...SHOTS.map(({ name, about }) => `  ${name}: ${about}`)].join('\n'));
    return 0;
  }
  const shots = SHOTS.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)));
  if (shots.length === 0) throw new UsageError(`No picture is called so.\n${USAGE}`);
  await ensureBuilt();
  const folder = join(ROOT, FOLDER);
  mkdirSync(folder, { recursive: true });
  const browser = await launchBrowser({ executablePath: (await ensureBrowser()).path });
  const scene = await openScene(browser);
  try {
    for (const { name, show } of shots) {
      for (const look of LOOKS) {
        const page = await show(scene);
        writeFileSync(join(folder, `${name}-${look.name}.webp`), await takePicture(page, look));
      }
      console.log(name);
    }
  } finally {
    await scene.close();
    await browser.close();
  }
  const known = new Set(SHOTS.flatMap(({ name }) => LOOKS.map((look) => `${name}-${look.name}.webp`)));
  for (const file of readdirSync(folder)) if (!known.has(file)) rmSync(join(folder, file));
  writeFileSync(join(ROOT, INDEX), indexOf(SHOTS, LOOKS));
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  console.log(`${formatBytes(bytes)} in ${FOLDER}, index in ${INDEX}`);
  if (bytes <= MOST_BYTES) return 0;
  throw new UsageError(`That is more than ${formatBytes(MOST_BYTES)}: leave some out, or take them smaller.`);
});
