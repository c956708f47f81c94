import { expect, test } from 'vitest';
import { atLeast } from './aim.ts';
import { makeReceipt } from './receipt.ts';

test('a receipt says what ran, on what, and at which commit', () => {
  const receipt = makeReceipt(
    { name: 'split-wasm', table: [], results: { ms: [1, 2] } },
    { bench: 'split', args: ['--stages', '3'], chromium: 'Chromium 156' },
  );
  expect(receipt).toMatchObject({
    name: 'split-wasm',
    command: 'npm run bench -- split --stages 3',
    machine: { node: process.version, chromium: 'Chromium 156' },
    results: { ms: [1, 2] },
  });
  expect(receipt.commit).toMatch(/^([0-9a-f]{40}|unknown)$/);
  expect(receipt.machine.cores).toBeGreaterThan(0);
  expect(Date.parse(receipt.date)).not.toBeNaN();
});

test('aims and plot are kept where there are some', () => {
  const run = { bench: 'split', args: [], chromium: 'Chromium 156' };
  expect(makeReceipt({ name: 'split', table: [], results: {} }, run)).not.toHaveProperty('aims');
  const aims = [atLeast('ratio', 1, 2)];
  expect(makeReceipt({ name: 'split', table: [], results: {}, aims }, run).aims).toEqual(aims);
});
