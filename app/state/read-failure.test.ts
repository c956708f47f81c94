import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { readFailure, showError } from './read-failure.ts';

test('the platform’s own shape keeps its words, the next step of this case included', () => {
  const body = { error: { code: 'conflict', message: 'The name is taken.', next: 'Choose another name.' } };
  const error = readFailure(body, 409);
  expect(error).toBeInstanceOf(PoolError);
  expect(showError(error)).toEqual({ code: 'conflict', message: 'The name is taken.', next: 'Choose another name.' });
});

test.each([
  [null, 401, 'not-logged-in'],
  ['<html>', 404, 'not-found'],
  [{}, 429, 'rate-limited'],
  [{ error: null }, 502, 'shutting-down'],
  [{ error: { code: 'constructor', message: 7 } }, 400, 'bad-request'],
])('%o with status %d becomes %s', (body, status, code) => {
  const shown = showError(readFailure(body, status));
  expect(shown.code).toBe(code);
  expect(shown.message).toBe(`The server answered with status ${status}.`);
  expect(shown.next).not.toBe('');
});

test('a page of text is cut', () => {
  expect(readFailure({ error: { message: 'x'.repeat(9000) } }, 500).message).toHaveLength(500);
});

test('a person who is not logged in is not told of keys', () => {
  const body = { error: { code: 'not-logged-in', message: 'Who is it?', next: 'Send an API key.' } };
  expect(showError(readFailure(body, 401))).toEqual({
    code: 'not-logged-in',
    message: 'Who is it?',
    next: 'Log in under Account, then try again.',
  });
});
