import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from './list-files.ts';

test('the repository lists itself, without what git ignores', () => {
  const files = listFiles();
  expect(files).toContain('package.json');
  expect(files).toContain('tools/tree/list-files.ts');
  expect(files.some((path) => path.startsWith('node_modules/'))).toBe(false);
});

test('a copy without git is walked', () => {
  const root = mkdtempSync(join(tmpdir(), 'list-files-'));
  for (const folder of ['app', 'node_modules/a']) mkdirSync(join(root, folder), { recursive: true });
  for (const path of ['app/page.tsx', 'node_modules/a/index.js', 'README.md']) writeFileSync(join(root, path), '');
  writeFileSync(join(root, '.gitignore'), 'node_modules/\n');
  expect(listFiles(root)).toEqual(['.gitignore', 'README.md', 'app/page.tsx']);
  rmSync(root, { recursive: true });
});
