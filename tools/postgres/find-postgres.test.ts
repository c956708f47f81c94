import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgres, foldersToSearch } from './find-postgres.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'computepool-find-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with scripts that say this version. */
function installed(name: string, says: string, programs = ['initdb', 'postgres']): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

test('the first folder with both programs in a version that will do', () => {
  const folders = [
    join(root, 'missing'),
    installed('half', 'postgres (PostgreSQL) 16.1', ['postgres']),
    installed('old', 'postgres (PostgreSQL) 12.22'),
    installed('other', 'Postgres something else'),
    installed('good', 'postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)'),
    installed('later', 'postgres (PostgreSQL) 17beta1'),
  ];
  const good = { initdb: join(root, 'good', 'initdb'), postgres: join(root, 'good', 'postgres'), version: 15 };
  expect(findPostgres(folders)).toEqual(good);
  expect(findPostgres(folders.slice(5))?.version).toBe(17);
  expect(findPostgres(folders.slice(0, 4))).toBeUndefined();
  expect(findPostgres([])).toBeUndefined();
});

test('the PATH comes first, then the newest of Debian’s versions by number', () => {
  const debian = join(root, 'debian');
  for (const version of ['9', '15', '17', 'common']) mkdirSync(join(debian, version), { recursive: true });
  expect(foldersToSearch('/a:/b', debian)).toEqual([
    '/a',
    '/b',
    ...['17', '15', '9'].map((v) => join(debian, v, 'bin')),
  ]);
  expect(foldersToSearch('', join(root, 'missing'))).toEqual([]);
});
