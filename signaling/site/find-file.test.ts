import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFile } from './find-file.ts';

let dir: string;
let root: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'computepool-files-'));
  root = join(dir, 'site');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(dir, 'site-secret'));
  for (const name of ['a.txt', 'sub/b c.txt', '100%.txt', '%2e.txt', 'é.txt']) await writeFile(join(root, name), name);
  for (const name of ['secret.txt', 'site-secret/key.txt']) await writeFile(join(dir, name), 'secret');
  await symlink(join(dir, 'secret.txt'), join(root, 'out.txt'));
  await symlink(join(dir, 'site-secret'), join(root, 'beside'));
  await symlink(join(root, 'a.txt'), join(root, 'in.txt'));
  await symlink(join(root, 'loop'), join(root, 'loop'));
  await symlink(root, join(dir, 'current'));
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ['a.txt', 'a.txt'],
  ['/a.txt', 'a.txt'],
  ['sub/b%20c.txt', 'sub/b c.txt'],
  ['100%25.txt', '100%.txt'],
  ['%252e.txt', '%2e.txt'],
  ['%C3%A9.txt', 'é.txt'],
  ['in.txt', 'a.txt'],
])('%s is %s', async (path, name) => {
  expect(await findFile(root, path)).toMatchObject({ path: join(root, name), sizeBytes: Buffer.byteLength(name) });
  expect((await findFile(join(dir, 'current'), path))?.path, 'under a root that is a link').toBe(join(root, name));
});

test.each([
  ...['', '/', '.', '..', 'sub', 'sub/', '//a.txt', 'sub//b c.txt', 'a.txt/', 'none.txt'],
  ...['../secret.txt', '%2e%2e/secret.txt', 'sub/../a.txt', '..%2fsecret.txt', '..%5csecret.txt', '..\\secret.txt'],
  ...['a.txt%00', 'a.txt%00.js', '%', '%zz', '%ff', '%c0%ae%c0%ae/secret.txt'],
  ...['out.txt', 'beside/key.txt', 'loop', '../site-secret/key.txt', `${'x'.repeat(5000)}`],
])('%j is nothing', async (path) => {
  expect(await findFile(root, path)).toBeUndefined();
});

test('a root that is not there has no files', async () => {
  expect(await findFile(join(dir, 'none'), 'a.txt')).toBeUndefined();
});
