import { expect, test } from 'vitest';
import { ensureInstalled, findStale } from './ensure-installed.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-windows': { version: '2.0.0', integrity: 'sha512-w', optional: true },
};

test('what npm recorded as installed is enough', () => {
  expect(findStale(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } })).toEqual([]);
});

test('a missing package, another version and another content are stale', () => {
  expect(findStale(wanted, {})).toEqual(['node_modules/a']);
  expect(findStale(wanted, { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } })).toHaveLength(1);
  expect(findStale(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } })).toHaveLength(1);
});

test('an optional package that is there must still be the right one', () => {
  const installed = {
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/for-windows': { version: '1.9.0', integrity: 'sha512-w' },
  };
  expect(findStale(wanted, installed)).toEqual(['node_modules/for-windows']);
});

test('the packages that run this test are current, so nothing is installed', async () => {
  const startedAt = Date.now();
  await ensureInstalled();
  expect(Date.now() - startedAt).toBeLessThan(2000);
});
