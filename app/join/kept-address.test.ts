import { afterEach, expect, test, vi } from 'vitest';
import type { Address } from '../../protocol/payout.ts';
import { keepAddress, keptAddress } from './kept-address.ts';

const address: Address = `0x${'ab'.repeat(20)}`;
afterEach(() => vi.unstubAllGlobals());

function stubStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  return kept;
}

test('an address is kept, and is there the next time', () => {
  stubStorage();
  expect(keptAddress()).toBeUndefined();
  keepAddress(address);
  expect(keptAddress()).toBe(address);
});

test('what somebody else wrote there is no address', () => {
  const kept = stubStorage();
  keepAddress(address);
  for (const key of kept.keys()) kept.set(key, 'javascript:alert(1)');
  expect(keptAddress()).toBeUndefined();
});

test('a browser without storage asks again', () => {
  const refuse = (): never => {
    throw new Error('no');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
  keepAddress(address);
  expect(keptAddress()).toBeUndefined();
});
