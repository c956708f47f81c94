import { describe, expect, it } from 'vitest';
import { addressKey, clientAddress, type Incoming, isLoopback } from './client-address.ts';

const from = (remoteAddress: string | undefined, headers: Incoming['headers'] = {}): Incoming => ({
  socket: { remoteAddress },
  headers,
});

describe('clientAddress', () => {
  it.each([
    ['the socket’s', from('203.0.113.7'), 0, '203.0.113.7'],
    ['without the IPv6 form of IPv4', from('::ffff:203.0.113.7'), 0, '203.0.113.7'],
    ['no header when no proxy is trusted', from('203.0.113.7', { 'x-forwarded-for': '1.1.1.1' }), 0, '203.0.113.7'],
    ['what the one proxy saw', from('10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' }), 1, '203.0.113.7'],
    [
      'what the outer of two saw',
      from('10.0.0.1', { 'x-forwarded-for': '6.6.6.6,203.0.113.7,10.0.0.2' }),
      2,
      '203.0.113.7',
    ],
    ['the socket’s when the header is missing', from('10.0.0.1'), 1, '10.0.0.1'],
    ['the socket’s when the header is no address', from('10.0.0.1', { 'x-forwarded-for': 'x' }), 1, '10.0.0.1'],
    ['the socket’s when there are fewer hops', from('10.0.0.1', { 'x-forwarded-for': '6.6.6.6' }), 2, '10.0.0.1'],
    ['one of a list of headers', from('10.0.0.1', { 'x-forwarded-for': ['6.6.6.6', '203.0.113.7'] }), 1, '203.0.113.7'],
    ['nothing', from(undefined), 0, ''],
  ])('is %s', (_name, incoming, proxies, address) => {
    expect(clientAddress(incoming, proxies)).toBe(address);
  });
});

describe('addressKey', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', {}, true],
    ['::1', {}, true],
    ['::ffff:127.0.0.1', {}, true],
    ['10.0.0.1', {}, false],
    ['', {}, false],
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, false],
    ['127.0.0.1', { forwarded: 'for=1.1.1.1' }, false],
  ])('%s with %o: %s', (address, headers, expected) => {
    expect(isLoopback(from(address, headers))).toBe(expected);
  });
});
