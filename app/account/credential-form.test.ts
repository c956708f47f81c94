import { expect, test } from 'vitest';
import { checkCredentials } from './credential-form.ts';

const password = 'correct horse';

test('what fits has no problems', () => {
  expect(checkCredentials({ name: 'ann-1', password }, 'register')).toEqual({});
  expect(checkCredentials({ name: 'x', password: 'y' }, 'log-in')).toEqual({});
});

test.each(['ab', 'a b c', 'ann@home', 'x'.repeat(33), 'äöü'])('%s is no name', (name) => {
  expect(checkCredentials({ name, password }, 'register').name).toContain('3 to 32');
});

test.each(['short', 'x'.repeat(201)])('a password of that length is refused', (text) => {
  expect(checkCredentials({ name: 'ann', password: text }, 'register').password).toContain('8 to 200');
});

test('both fields are asked for', () => {
  for (const purpose of ['register', 'log-in'] as const) {
    expect(Object.keys(checkCredentials({ name: '', password: '' }, purpose))).toEqual(['name', 'password']);
  }
});
