import { expect, test } from 'vitest';
import { readOrigins, readSponsor, writeBudget, writeOrigins, writeTag } from './embed-form.ts';

test.each([
  ['', []],
  [' * ', '*'],
  ['https://app.example', ['https://app.example']],
  [
    'https://App.example/page?x=1, http://localhost:4000\nhttps://app.example',
    ['https://app.example', 'http://localhost:4000'],
  ],
] as const)('%j is read', (text, value) => {
  expect(readOrigins(text)).toEqual({ value });
});

test.each(['app.example', 'https://*.example', '* https://app.example', 'file:///x', 'http://[::1]:3000'])(
  '%j is no list of pages',
  (text) => {
    expect(readOrigins(text)).toMatchObject({ problem: expect.stringContaining('https://app.example') });
  },
);

test('what was written is read back', () => {
  for (const origins of ['*', [], ['https://a.example', 'http://b.example:81']] as const)
    expect(readOrigins(writeOrigins(origins as never))).toEqual({ value: origins });
  const sponsor = { visitorMicros: 500, dayMicros: 1_250_000 };
  expect(readSponsor(writeBudget(500), writeBudget(1_250_000))).toEqual({ value: sponsor });
  expect(readSponsor(writeBudget(undefined), '')).toEqual({ value: null });
});

test.each([
  ['1', ''],
  ['', '1'],
  ['0', '1'],
  ['many', '1'],
  ['1', '-1'],
  ['0.0000001', '1'],
])('%s and %s are no budgets', (visitor, day) => {
  expect(readSponsor(visitor, day)).toHaveProperty('problem');
});

test('the tag names the pool as its id is', () => {
  expect(writeTag('https://pool.example', 'a/b@main:q4')).toContain(
    '<script src="https://pool.example/widget.js" defer></script>\n<compute-pool-chat pool="a/b@main:q4">',
  );
});
