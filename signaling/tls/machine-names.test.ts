import { expect, it } from 'vitest';
import { type Machine, machineNames, reachableNames } from './machine-names.ts';

const DESK: Machine = {
  hostname: 'Desk',
  interfaces: {
    lo: [{ address: '127.0.0.1', internal: true }],
    en0: [
      { address: 'fe80::1', internal: false },
      { address: '192.168.1.7', internal: false },
      { address: 'fd00::7', internal: false },
    ],
  },
};
const ANY = { host: '0.0.0.0', allowedHosts: [] };

it('it goes by its name, the one of its neighbours, its addresses, and what it was called', () => {
  const named = { ...ANY, allowedHosts: ['pool.lan'], publicUrl: 'https://pool.example:8443/x' };
  expect(machineNames(named, DESK)).toEqual([
    ...['pool.lan', 'pool.example', 'desk', 'desk.local', 'localhost'],
    ...['192.168.1.7', 'fd00::7', '127.0.0.1', '::1'],
  ]);
});

it.each([
  ['desk.home.arpa.', ['desk.home.arpa', 'localhost']],
  ['localhost', ['localhost']],
  ['John’s Desk', ['localhost']],
])('of a machine that calls itself %s', (hostname, names) => {
  expect(machineNames(ANY, { ...DESK, hostname }).filter((name) => /[g-z]/.test(name))).toEqual(names);
});

it('other devices reach it by what it listens at', () => {
  const names = machineNames(ANY, DESK);
  expect(reachableNames(names, '0.0.0.0')).toEqual(['desk', 'desk.local', '192.168.1.7', 'fd00::7']);
  expect(reachableNames(names, '192.168.1.7')).toEqual(['desk', 'desk.local', '192.168.1.7']);
  for (const own of ['127.0.0.1', '::1', 'localhost']) expect(reachableNames(names, own)).toEqual([]);
});
