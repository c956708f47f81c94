import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { browserCandidates, findBrowser } from './find-browser.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function plant(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a browser that is named is the only candidate', () => {
  expect(browserCandidates({ CHROMIUM_PATH: '/x/chrome', PATH: folder }, 'linux')).toEqual(['/x/chrome']);
});

test('PATH comes before the usual places, and those before Playwright’s own', () => {
  const candidates = browserCandidates({ PATH: folder }, 'linux');
  expect(candidates[0]).toBe(join(folder, 'chromium'));
  expect(candidates.indexOf('/usr/bin/chromium')).toBeGreaterThan(0);
  expect(candidates.at(-1)).toMatch(/ms-playwright|chrom/);
});

test('a stub that does not start is passed over', () => {
  plant('chromium', 'echo "install it with snap" >&2; exit 1');
  const real = plant('google-chrome', 'echo "Google Chrome 156.0.1.2"');
  expect(findBrowser({ PATH: folder }, 'linux')).toEqual({
    path: real,
    version: 'Google Chrome 156.0.1.2',
  });
});

test('a named browser that is not there is not replaced by another', () => {
  plant('chromium', 'echo "Chromium 156.0.1.2"');
  const env = { CHROMIUM_PATH: join(folder, 'missing'), PATH: folder };
  expect(findBrowser(env, 'linux')).toBeUndefined();
});
