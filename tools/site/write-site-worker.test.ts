import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../install/ensure-installed.mjs';
import { listSiteFiles, writeSiteWorker } from './write-site-worker.ts';

let site = '';
const write = (path: string, text = path): void => {
  mkdirSync(dirname(join(site, path)), { recursive: true });
  writeFileSync(join(site, path), text);
};
beforeEach(() => {
  site = mkdtempSync(join(tmpdir(), 'site-worker-'));
  write('index.html', '<script type="module" src="/_next/static/first.js"></script>');
  write(
    'chat.html',
    '<link rel="modulepreload" href="/_next/static/chat.js"><link rel="stylesheet" href="/_next/static/look.css">',
  );
  for (const name of ['first.js', 'chat.js', 'look.css', 'late.js', 'late.js.map']) write(`_next/static/${name}`);
  for (const name of ['runtime.wasm', 'letters.woff2', 'letters.ttf']) write(`_next/static/${name}`);
  for (const name of ['robots.txt', '404.html', 'embed.html', 'icon.svg', 'models/index.json']) write(name);
});
afterEach(() => rmSync(site, { recursive: true }));

test('pages by what is asked for, files that they begin with, and the others', () => {
  const { pages, shell, engine } = listSiteFiles(site, 'b1');
  expect(Object.keys(pages)).toEqual(['/chat', '/icon.svg', '/']);
  expect(pages['/icon.svg']).toBe(createHash('sha256').update('icon.svg').digest('hex'));
  expect(shell).toEqual(['/_next/static/chat.js', '/_next/static/first.js', '/_next/static/look.css']);
  expect(engine).toEqual(['/_next/static/late.js', '/_next/static/letters.woff2', '/_next/static/runtime.wasm']);
});

test('the program has the list in it, and is the same for the same build', async () => {
  await writeSiteWorker(ROOT, site, 'b1');
  const program = readFileSync(join(site, 'sw.js'), 'utf8');
  expect(program).toContain('build:"b1"');
  expect(program).not.toContain('SITE_FILES');
  await writeSiteWorker(ROOT, site, 'b1');
  expect(readFileSync(join(site, 'sw.js'), 'utf8')).toBe(program);
  await writeSiteWorker(ROOT, site, 'b2');
  expect(readFileSync(join(site, 'sw.js'), 'utf8')).not.toBe(program);
});
