import { expect, it } from 'vitest';
import { secureAddress, wishOf } from './trust-query.ts';

it.each([
  ['to=/join?auto=1%26model=a/b', '/join?auto=1&model=a/b'],
  ['to=%2Fchat%3Fask%3DHello%23end', '/chat?ask=Hello#end'],
  ['', '/'],
  ['to=', '/'],
  ['to=//evil.example/x', '/'],
  ['to=/%5Cevil.example', '/'],
  ['to=https://evil.example/', '/'],
  ['to=javascript:alert(1)', '/'],
  ['to=/%09/evil.example', '/'],
])('%s leads to %s', (query, wish) => {
  expect(wishOf(new URLSearchParams(query))).toBe(wish);
});

it('it is the page at the same name, over https', () => {
  expect(secureAddress({ host: '192.168.1.7:3000' }, '/join?auto=1')).toBe('https://192.168.1.7:3000/join?auto=1');
});
