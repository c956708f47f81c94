import { expect, test } from 'vitest';
import { secureAddresses } from './secure-addresses.ts';

test.each([
  [
    'http://192.168.1.7:3000/join?model=a%2Fb',
    'https://192.168.1.7/join?model=a%2Fb',
    'http://localhost:3000/join?model=a%2Fb',
  ],
  ['http://pool.lan/chat', 'https://pool.lan/chat', 'http://localhost/chat'],
  ['http://[fd00::7]:3000/chat#main', 'https://[fd00::7]/chat', 'http://localhost:3000/chat'],
])('%s', (here, https, localhost) => {
  expect(secureAddresses(new URL(here))).toEqual({ https, localhost });
});
