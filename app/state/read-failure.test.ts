import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { readFailure } from './read-failure.ts';

const answer = (error: object) => ({
  error: { code: 'conflict', message: 'The name is taken.', next: 'Wait.', ...error },
});

test('the platform’s own shape keeps its words, its data and the next step of this case', () => {
  const error = readFailure(answer({ data: { pool: 'owner/tiny@main:q4' } }), 409);
  expect(error).toBeInstanceOf(PoolError);
  expect(error).toMatchObject({ code: 'conflict', message: 'The name is taken.' });
  expect(error.data).toEqual({ pool: 'owner/tiny@main:q4', next: 'Wait.' });
});

test('a code of another version is read off the status', () => {
  expect(readFailure(answer({ code: 'brand-new' }), 404)).toMatchObject({
    code: 'not-found',
    message: 'The name is taken.',
  });
});

test.each([
  [null, 401, 'not-logged-in'],
  ['<html>', 404, 'not-found'],
  [{}, 429, 'rate-limited'],
  [{ error: null }, 502, 'shutting-down'],
  [{ error: { code: 'constructor', message: 7 } }, 400, 'bad-request'],
  [{ error: { message: 'a text of a proxy' } }, 500, 'shutting-down'],
  [answer({ message: 'x'.repeat(9000) }), 500, 'shutting-down'],
])('%o with status %d is not ours and becomes %s', (body, status, code) => {
  expect(readFailure(body, status)).toMatchObject({ code, message: `The server answered with status ${status}.` });
});
