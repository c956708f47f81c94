import { expect, test } from 'vitest';
import { dayOf, hashAddress, networkOf } from './hash-address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('another hash each day and for each network', () => {
  const day = dayOf(new Date('2030-01-02T23:59:59Z'));
  expect(day).toBe('2030-01-02');
  const hashes = [
    hashAddress('192.0.2.1', day),
    hashAddress('192.0.2.2', day),
    hashAddress('192.0.2.1', '2030-01-03'),
    hashAddress('2001:db8::1', day),
  ];
  expect(new Set(hashes).size).toBe(4);
  expect(hashAddress('2001:db8::1', day)).toBe(hashAddress('2001:db8::ffff', day));
});
