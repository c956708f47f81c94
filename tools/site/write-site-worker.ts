// Writes the service worker of a built site beside it: the program of app/offline, with the list of what this build consists of.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build as bundle } from 'esbuild';
import type { SiteFiles } from '../../app/offline/site-files.ts';
import { pagePath } from '../../app/route/page-path.ts';

const HASHED = '_next/static/';
const PROGRAM = 'app/offline/site-worker.ts';
const WRITTEN = 'sw.js';
/** Pages, and what their heads and the manifest name. */
const PAGE = /^[^/]+\.(html|webmanifest|svg|png|ico)$/;
/**
 * What only an address that leads nowhere shows; the chat for other pages’ frames: who may frame it only the server says; and
 * how to trust that server, without which there is nothing to trust.
 */
const UNKEPT: ReadonlySet<string> = new Set(['404.html', 'embed.html', 'trust.html']);
/** Not fetched by a browser that knows better ones, or by nobody. */
const UNUSED = /\.(map|ttf|woff)$/;
const NAMED_FILE = /(?<=")\/_next\/static\/[^"\\]+(?=")/g;

/** The files of the site in `siteDir`. Paths are as pages ask for them, sorted: equal builds have equal lists. */
export function listSiteFiles(siteDir: string, build: string): SiteFiles {
  const paths = readdirSync(siteDir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(siteDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const hashed = paths.filter((path) => path.startsWith(HASHED) && !UNUSED.test(path));
  const pages = paths.filter((path) => PAGE.test(path) && !UNKEPT.has(path));
  const html = pages.filter((path) => path.endsWith('.html')).map((path) => readFileSync(join(siteDir, path), 'utf8'));
  const named = new Set(html.flatMap((text) => text.match(NAMED_FILE) ?? []));
  const isShell = (path: string): boolean => named.has(`/${path}`);
  const hashOf = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(siteDir, path)))
      .digest('hex');
  return {
    build,
    pages: Object.fromEntries(pages.map((path) => [pagePath(`/${path}`), hashOf(path)])),
    shell: hashed.filter(isShell).map((path) => `/${path}`),
    engine: hashed.filter((path) => !isShell(path)).map((path) => `/${path}`),
  };
}

/** @param root of the repository, where the program is. */
export async function writeSiteWorker(root: string, siteDir: string, build: string): Promise<void> {
  const files = listSiteFiles(siteDir, build);
  const { outputFiles } = await bundle({
    entryPoints: [join(root, PROGRAM)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define: { SITE_FILES: JSON.stringify(files) },
  });
  writeFileSync(join(siteDir, WRITTEN), outputFiles[0]!.text);
}
