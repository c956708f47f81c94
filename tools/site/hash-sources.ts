// One hash over what the site is built from. Reads files, writes nothing.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose contents count, and files beside them. */
const CODE = [
  'app',
  'pages',
  'shard-worker',
  'protocol',
  'packages/widget/src',
  'docs/receipts',
  'docs/plots',
] as const;
const FILES = [
  ...['next.config.ts', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json'],
  'LICENSE',
  // What is written beside the files that Next builds.
  ...['tools/site/compress-site.ts', 'tools/site/list-runtime.ts', 'tools/site/write-site-worker.ts'],
  'tools/site/copy-papers.ts',
  'tools/site/copy-reference.ts',
  'packages/widget/build.mjs',
  'packages/widget/package.json',
] as const;
/** Model files are large: here sizes and times of change stand for contents. */
const STATIC = 'public';

/** 64 hex characters. Changes when a source of the site does; tests beside the code do not count. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const path of CODE.flatMap((folder) => listFiles(root, folder)).filter((path) => !isTest(path))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  for (const path of [...FILES, ...listDocs(root)]) {
    if (existsSync(join(root, path)))
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0');
  }
  for (const path of listFiles(root, STATIC)) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${Math.trunc(mtimeMs)}\0`);
  }
  return hash.digest('hex');
}

/** Documents, but for those of the folders below. */
const listDocs = (root: string): string[] => listFiles(root, 'docs').filter((path) => /^docs\/[^/]+\.md$/.test(path));

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

/** Paths below `folder`, relative to `root`, with `/`, sorted: the order of a file system is none. */
function listFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
