import { describe, expect, test } from 'vitest';
import {
  findForeignRegistry,
  findLongFile,
  findMachinePaths,
  findMissingHeader,
  MAX_LINES,
} from './find-file-violations.ts';
import { isSource, isTest, listFiles, readText } from './list-files.ts';

const files = listFiles();
const CODE = /^(protocol|shard-worker|signaling)\//;
/** Weights, and texts that a model is trained on. */
const DATA = /^(public\/models|tools\/fixtures\/models)\//;

const check = (paths: string[], find: (path: string, text: string) => string[]): string[] =>
  paths.flatMap((path) => find(path, readText(path)));

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  expect(check(files.filter(isSource), findLongFile)).toEqual([]);
});

test('every module of protocol, shard-worker and signaling says what it owns', () => {
  const modules = files.filter((path) => CODE.test(path) && isSource(path) && !isTest(path));
  expect(modules.length).toBeGreaterThan(20);
  expect(check(modules, findMissingHeader)).toEqual([]);
});

test('no file has a path of the machine that it was written on', () => {
  expect(
    check(
      files.filter((path) => !DATA.test(path)),
      findMachinePaths,
    ),
  ).toEqual([]);
});

test('lockfiles name no registry but the public one', () => {
  const lockfiles = files.filter((path) => path.endsWith('package-lock.json'));
  expect(lockfiles).toContain('package-lock.json');
  expect(check(lockfiles, findForeignRegistry)).toEqual([]);
});

describe('the checks themselves', () => {
  test('a long file is found, one of the most lines is not', () => {
    expect(findLongFile('app/a.ts', 'x\n'.repeat(MAX_LINES + 1))[0]).toContain(`${MAX_LINES + 1} lines`);
    expect(findLongFile('app/a.ts', 'x\n'.repeat(MAX_LINES))).toEqual([]);
    expect(findLongFile('next-env.d.ts', 'x\n'.repeat(MAX_LINES + 1))).toEqual([]);
  });

  test('a missing header is found', () => {
    expect(findMissingHeader('protocol/a.ts', "import x from 'x';\n// late\n")).toHaveLength(1);
    expect(findMissingHeader('protocol/a.ts', '// Owns a.\n')).toEqual([]);
    expect(findMissingHeader('protocol/a.ts', '#!/usr/bin/env node\n// Owns a.\n')).toEqual([]);
  });

  test.each(['home/ann/code', 'Users/ann', 'root/x', 'work/main', 'opt/thing/bin'])('/%s is found', (path) => {
    expect(findMachinePaths('a.md', `fine\nsee /${path} for it`)).toHaveLength(1);
    expect(findMachinePaths('a.md', `fine\nsee /${path} for it`)[0]).toContain('a.md:2');
  });

  test.each(['/usr/bin/chromium', '/tmp', 'app/home/page.tsx', 'https://example.org/home/ann', '../work/x'])(
    '%s is fine',
    (text) => {
      expect(findMachinePaths('a.md', text)).toEqual([]);
    },
  );

  test('a binary file is not read as text', () => {
    expect(findMachinePaths('a.bin', `\0/${'home'}/ann`)).toEqual([]);
  });

  test('a mirror in a lockfile is found', () => {
    const entry = (host: string) => `"resolved": "https://${host}/a/-/a-1.0.0.tgz"`;
    expect(findForeignRegistry('package-lock.json', entry('mirror.example'))).toHaveLength(1);
    expect(findForeignRegistry('package-lock.json', entry('registry.npmjs.org'))).toEqual([]);
  });
});
