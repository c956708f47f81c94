// Archives that somebody made to write elsewhere, or that were cut short.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { restoreFolder } from './restore-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'computepool-restore-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

/** A header of POSIX.1-1988 and the content behind it. */
function entry(path: string, content = '', type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000600\0', 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  header.write('ustar', 257);
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}
const GOOD = [
  entry('/base', '', '5'),
  entry('/base/1', 'one'),
  entry('/global', '', '5'),
  entry('/PG_VERSION', '17\n'),
];
const END = Buffer.alloc(1024);

function newCase(...parts: Buffer[]): { file: string; dataDir: string } {
  made += 1;
  const [file, dataDir] = [join(root, `${made}.tgz`), join(root, `data-${made}`)];
  mkdirSync(dataDir);
  writeFileSync(file, gzipSync(Buffer.concat(parts)));
  return { file, dataDir };
}

test('what a folder had is there again, but for who held it', async () => {
  const { file, dataDir } = newCase(...GOOD, entry('/seal.key', 'secret'), entry('/server.lock', '{}'), END);
  await restoreFolder(file, dataDir);
  expect(readdirSync(dataDir).sort()).toEqual(['PG_VERSION', 'base', 'global', 'seal.key']);
  expect(readFileSync(join(dataDir, 'base', '1'), 'utf8')).toBe('one');
});

test('the lock of whoever brings it back is in nobody’s way', async () => {
  const { file, dataDir } = newCase(...GOOD, END);
  writeFileSync(join(dataDir, 'server.lock'), 'mine');
  await restoreFolder(file, dataDir);
  expect(readFileSync(join(dataDir, 'server.lock'), 'utf8')).toBe('mine');
});

const damaged = entry('/base/2', 'two');
damaged.write('x', 3);

test.each([
  ['a way out of the folder', [...GOOD, entry('/base/../../out', 'x'), END]],
  ['a file of something else', [...GOOD, entry('/etc/passwd', 'x'), END]],
  ['a link', [...GOOD, entry('/base/link', '', '2'), END]],
  ['a damaged header', [...GOOD, damaged, END]],
  ['an archive that is cut short', [...GOOD, entry('/base/3', 'x'.repeat(600)).subarray(0, 1024)]],
  ['no database', [entry('/seal.key', 'secret'), END]],
  ['no version', [...GOOD.slice(0, 3), END]],
])('%s is refused, and nothing stays', async (_, parts) => {
  const { file, dataDir } = newCase(...(parts as Buffer[]));
  await expect(restoreFolder(file, dataDir)).rejects.toThrow('cannot be brought back');
  expect(readdirSync(dataDir)).toEqual([]);
  expect(existsSync(join(root, 'out'))).toBe(false);
});
