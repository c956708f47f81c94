import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashSources } from './hash-sources.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hash-sources-'));
  for (const folder of ['app/chat', 'protocol', 'public', 'tools/site'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'app/chat/page.tsx'), 'one');
  writeFileSync(join(root, 'public/model.bin'), 'weights');
});
afterEach(() => rmSync(root, { recursive: true }));

test('the same sources have the same hash', () => {
  expect(hashSources(root)).toMatch(/^[0-9a-f]{64}$/);
  expect(hashSources(root)).toBe(hashSources(root));
});

test.each([
  ['a changed page', 'app/chat/page.tsx', 'two'],
  ['a new module', 'protocol/frame.ts', ''],
  ['a new static file', 'public/icon.svg', '<svg/>'],
  ['a changed lockfile', 'package-lock.json', '{}'],
  ['another way to compress', 'tools/site/compress-site.ts', 'const QUALITY = 5;'],
])('%s changes it', (_what, path, text) => {
  const before = hashSources(root);
  writeFileSync(join(root, path), text);
  expect(hashSources(root)).not.toBe(before);
});

test('a static file of the same size that was written later changes it', () => {
  const before = hashSources(root);
  utimesSync(join(root, 'public/model.bin'), 1, 1);
  expect(hashSources(root)).not.toBe(before);
});

test('a moved file changes it although no content does', () => {
  const before = hashSources(root);
  writeFileSync(join(root, 'app/page.tsx'), 'one');
  rmSync(join(root, 'app/chat/page.tsx'));
  expect(hashSources(root)).not.toBe(before);
});

test('tests do not count', () => {
  const before = hashSources(root);
  writeFileSync(join(root, 'app/chat/page.test.ts'), 'x');
  expect(hashSources(root)).toBe(before);
});
