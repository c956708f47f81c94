import { expect, test } from 'vitest';
import { hashSecret, isId, isKey, isToken, newId, newKey, newToken, prefixOf } from './secrets.ts';

test('what is made has the form that is asked for, and is new each time', () => {
  for (const [make, fits] of [
    [newToken, isToken],
    [newKey, isKey],
    [newId, isId],
  ] as const) {
    const made = Array.from({ length: 100 }, make);
    expect(made.every(fits)).toBe(true);
    expect(new Set(made).size).toBe(100);
  }
});

test.each(['', 'cp-', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}\0`, `${'x'.repeat(43)}\n`, 'x'.repeat(1e6)])(
  'a text of another form is neither (%#)',
  (text) => {
    expect([isToken(text), isKey(text), isKey(`cp-${text}`), isId(text)]).toEqual([false, false, false, false]);
  },
);

test('a key is no token: they are looked up in two tables', () => {
  expect(isToken(newKey())).toBe(false);
  expect(isKey(newToken())).toBe(false);
});

test('a secret is kept as SHA-256', () => {
  // `printf abc | sha256sum`; also FIPS 180-2, appendix B.1.
  expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('the prefix leaves 37 characters unsaid', () => {
  const key = newKey();
  expect(key.startsWith(prefixOf(key))).toBe(true);
  expect(key.length - prefixOf(key).length).toBe(37);
});
