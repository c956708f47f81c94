// One server of a machine has a key, whatever database it has.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../config/usage-error.ts';
import { lockKey } from './lock-key.ts';

let folder: string;
let keyFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'computepool-key-'));
  keyFile = join(folder, 'hot.key');
  writeFileSync(keyFile, '0x');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a second one is told who has it and what to do, by whatever name it knows the file', () => {
  const lock = lockKey(keyFile)!;
  const link = join(folder, 'linked.key');
  symlinkSync(keyFile, link);
  for (const name of [keyFile, link]) {
    expect(() => lockKey(name)).toThrow(UsageError);
    expect(() => lockKey(name)).toThrow(new RegExp(`process ${process.pid} .*end that one first, or .*npm run deploy`));
  }
  lock.release();
  lockKey(link)!.release();
});

test('keys of one folder are each their own', () => {
  const other = join(folder, 'other.key');
  writeFileSync(other, '0x');
  const locks = [lockKey(keyFile)!, lockKey(other)!];
  for (const lock of locks) lock.release();
});

test('where nobody may write beside it nothing is known', () => {
  expect(lockKey('/proc/self/status')).toBeUndefined();
});
