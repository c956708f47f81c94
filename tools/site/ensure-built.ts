// Makes sure that out/ holds the site as the sources are now, each file with its compressed twins.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../../app/format/format-bytes.ts';
import { formatMs } from '../../app/format/format-ms.ts';
import { UsageError } from '../../signaling/config/usage-error.ts';
import { ROOT } from '../install/ensure-installed.mjs';
import { runCommand } from '../terminal/run-command.ts';
import { withProgress } from '../terminal/with-progress.ts';
import { compressSite } from './compress-site.ts';
import { copyPapers } from './copy-papers.ts';
import { copyReference } from './copy-reference.ts';
import { hashSources } from './hash-sources.ts';
import { listRuntime } from './list-runtime.ts';
import { writeSiteWorker } from './write-site-worker.ts';

/** Where the built site is. */
export const SITE_DIR = join(ROOT, 'out');

/** Inside out/, which every build empties: a build that breaks off, or one made by hand, has no stamp and is redone. */
const STAMP = join(SITE_DIR, '.sources-hash');

/** A slow laptop needs under a minute. */
const BUILD_SILENCE_MS = 10 * 60_000;

/** Builds when the stamp is not that of the sources. Throws `UsageError` with the build's own words when it fails. */
export async function ensureBuilt(): Promise<'current' | 'built'> {
  const hash = hashSources(ROOT);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return 'current';
  const next = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { code, output, ms } = await withProgress('Building the site', () =>
    runCommand(process.execPath, [next, 'build'], {
      cwd: ROOT,
      env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', SITE_BUILD: hash },
      silenceMs: BUILD_SILENCE_MS,
    }),
  );
  if (code !== 0) throw new UsageError(`${output.trim()}\nThe site could not be built. Correct what is named above.`);
  // Loaded only where something is built: it brings a compiler.
  const { buildScript } = await import('../../packages/widget/build.mjs');
  await buildScript(join(SITE_DIR, 'widget.js'));
  copyReference(SITE_DIR);
  copyPapers(SITE_DIR);
  await writeSiteWorker(ROOT, SITE_DIR, hash);
  const beganMs = performance.now();
  const { plain, br } = await withProgress('Compressing the site', () => compressSite(SITE_DIR));
  listRuntime(SITE_DIR);
  writeFileSync(STAMP, hash);
  const packed = `${formatBytes(plain)} to ${formatBytes(br)} in ${formatMs(performance.now() - beganMs)}`;
  console.error(`Site built in ${formatMs(ms)}, compressed from ${packed}`);
  return 'built';
}
