import { expect, test } from 'vitest';
import { pagePath } from './page-path.ts';

test.each([
  ['/', '/'],
  ['/index.html', '/'],
  ['/index', '/'],
  ['/chat', '/chat'],
  ['/chat/', '/chat'],
  ['/chat.html', '/chat'],
])('%s is the page %s', (pathname, key) => {
  expect(pagePath(pathname)).toBe(key);
});
