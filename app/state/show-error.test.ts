import { expect, test } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { showError } from './show-error.ts';

test('the next step that came with an error goes before the table’s', () => {
  const own = new PoolError('conflict', 'The name is taken.', { data: { next: 'Choose another name.' } });
  expect(showError(own)).toEqual({ code: 'conflict', message: 'The name is taken.', next: 'Choose another name.' });
  const bare = new PoolError('conflict', 'The name is taken.', { data: { next: '' } });
  expect(showError(bare).next).toBe('Reload the page to see how it is now, then try again.');
});

test('a person who is not logged in is not told of keys', () => {
  const refused = new PoolError('not-logged-in', 'Who is it?', { data: { next: 'Send an API key.' } });
  expect(showError(refused)).toEqual({
    code: 'not-logged-in',
    message: 'Who is it?',
    next: 'Log in under Account, then try again.',
  });
});

test('a person who has a form for the password is not told of routes', () => {
  const refused = new PoolError('login-again', 'This password is wrong.');
  expect(showError(refused).next).toBe('Write the password of this account, then try again.');
});
