import { afterEach, expect, test, vi } from 'vitest';
import { mayBeLoggedIn, noteLogin } from './login-hint.ts';

afterEach(() => vi.unstubAllGlobals());

test('a login is remembered until it ends', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  expect(mayBeLoggedIn()).toBe(false);
  noteLogin(true);
  expect(mayBeLoggedIn()).toBe(true);
  expect(mayBeLoggedIn('owner')).toBe(false);
  noteLogin(false);
  expect(mayBeLoggedIn()).toBe(false);
  expect(kept.size).toBe(0);
});

test('where nothing can be remembered, the server is asked', () => {
  const refuse = () => {
    throw new Error('denied');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
  expect(() => noteLogin(true)).not.toThrow();
  expect(mayBeLoggedIn()).toBe(true);
});
