// The repository's own files: what git tracks, and what it would if everything here were added.
import { execFileSync, type StdioOptions } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../install/ensure-installed.mjs';

const LIST = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];

/** Paths relative to the root, with `/`, sorted. Files that git tracks and that are gone are left out. */
export function listFiles(root: string = ROOT): string[] {
  const listed = askGit(root) ?? walk(root, '', ignoredNames(root));
  return listed.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile()).sort();
}

/** Undefined without git or outside of a repository: a copy of the tree is then walked. */
function askGit(root: string): string[] | undefined {
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', LIST, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, stdio })
      .split('\0')
      .filter(Boolean);
  } catch {
    return undefined;
  }
}

/** .gitignore here has plain names only. */
const ignoredNames = (root: string): Set<string> =>
  new Set([
    '.git',
    ...readFileSync(join(root, '.gitignore'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/\/$/, '')),
  ]);

function walk(root: string, folder: string, ignored: ReadonlySet<string>): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path, ignored) : [path];
  });
}

/** Contents of a file of the list. */
export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const isSource = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

/** Whether it holds tests and is nothing that runs. */
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
