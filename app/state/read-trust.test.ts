import { expect, it } from 'vitest';
import { plainOrigin, trustAddress } from './read-trust.ts';

it('another device is sent to an address rather than to a name that its network may not have', () => {
  expect(plainOrigin(['http://desk.local:3000', 'http://192.168.1.7:3000'])).toBe('http://192.168.1.7:3000');
  expect(plainOrigin(['http://desk.local:3000', 'http://[fd00::2]:3000'])).toBe('http://desk.local:3000');
  expect(plainOrigin([])).toBeUndefined();
});

it('it goes on from there to where it was to go', () => {
  const address = new URL(trustAddress('http://192.168.1.7:3000', '/join?model=a%2Fb&auto=1'));
  expect(address.pathname).toBe('/trust');
  expect(address.searchParams.get('to')).toBe('/join?model=a%2Fb&auto=1');
});
