import { expect, test } from 'vitest';
import { nameProblem, passwordProblem } from '../../protocol/http/credentials.ts';
import { checkCredentials, checkPasswordChange } from './credential-form.ts';

const password = 'correct horse';

test('what fits has no problems', () => {
  expect(checkCredentials({ name: 'ann-1', password }, 'register')).toEqual({});
  expect(checkCredentials({ name: 'x', password: 'y' }, 'log-in')).toEqual({});
});

test.each(['ab', 'a b c', 'ann@home', 'x'.repeat(33), 'äöü'])('%s is no name', (name) => {
  const { name: problem } = checkCredentials({ name, password }, 'register');
  expect(problem).toContain('3 to 32');
  expect(problem, 'as the server says it').toBe(nameProblem(name));
});

test.each(['short', 'x'.repeat(201)])('a password of that length is refused', (text) => {
  const { password: problem } = checkCredentials({ name: 'ann', password: text }, 'register');
  expect(problem).toContain('8 to 200');
  expect(problem, 'as the server says it').toBe(passwordProblem(text));
});

test('both fields are asked for', () => {
  for (const purpose of ['register', 'log-in'] as const) {
    const problems = checkCredentials({ name: '', password: '' }, purpose);
    expect([problems.name, problems.password, problems.invite]).toEqual([
      expect.any(String),
      expect.any(String),
      undefined,
    ]);
  }
});

test('a code is asked for where accounts need one, and read however it is typed', () => {
  const problemOf = (invite: string) => checkCredentials({ name: 'ann', password, invite }, 'register').invite;
  expect(problemOf(' ')).toBe('Write the invite code.');
  expect(problemOf('7K2M')).toContain('sixteen');
  expect(problemOf('7k2m abcd-01xyzwvt')).toBeUndefined();
});

test('a change of password needs the old one, and a new one that fits', () => {
  expect(checkPasswordChange({ oldPassword: 'x', newPassword: password })).toEqual({});
  const problems = checkPasswordChange({ oldPassword: '', newPassword: 'short' });
  expect(Object.keys(problems)).toEqual(['oldPassword', 'newPassword']);
  expect(problems.newPassword).toContain('8 to 200');
  expect(checkPasswordChange({ oldPassword: 'x', newPassword: '' }).newPassword).toBe('Write a new password.');
});
