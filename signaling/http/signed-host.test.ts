// For whom somebody signed: only what this server was told that it is called, and what a connection itself shows, counts.
import { describe, expect, it } from 'vitest';
import type { Incoming } from './client-address.ts';
import { type SignedHostOptions, signedForUs } from './signed-host.ts';

const PORT = 3000;
const from = (remoteAddress: string, localAddress: string, headers: Incoming['headers'] = {}): Incoming => ({
  socket: { remoteAddress, localAddress, localPort: PORT },
  headers,
});
const HERE = from('127.0.0.1', '127.0.0.1');
const HERE_6 = from('::1', '::1');
const LAN = from('192.168.1.9', '::ffff:192.168.1.7');
const INTERNET = from('203.0.113.9', '192.168.1.7');
const NOTHING: SignedHostOptions = {};
const NAMED: SignedHostOptions = {
  publicUrl: 'https://Pool.example',
  allowedHosts: ['pool.internal'],
  host: 'box.lan',
};
const DOCKER: SignedHostOptions = { publicUrl: 'http://localhost:8080', allowedHosts: ['192.168.1.7'] };
const PROXIED: SignedHostOptions = { ...NAMED, trustedProxies: 1 };
const BRIDGE = from('172.17.0.1', '172.17.0.2');

describe('G16: a text is for this server that was signed for', () => {
  it.each<[string, string, SignedHostOptions, Incoming]>([
    ['a loopback name, by whoever is here', 'localhost:3000', NOTHING, HERE],
    ['another one', 'site.localhost:3000', NAMED, HERE],
    ['its address', '127.0.0.1:3000', NOTHING, HERE],
    ['that of IPv6', '[::1]:3000', NOTHING, HERE_6],
    ['what stands for all addresses', '0.0.0.0:3000', NOTHING, HERE],
    ['the address that the connection came to', '192.168.1.7:3000', NOTHING, LAN],
    ['one of a machine that asks itself', '192.168.1.7:3000', NOTHING, from('192.168.1.7', '192.168.1.7')],
    ['one of IPv6', '[2001:db8::7]:3000', NOTHING, from('2001:db8::9', '2001:db8::7')],
    ['a public one', '198.51.100.7:3000', NOTHING, from('203.0.113.9', '198.51.100.7')],
    ['the public name, whoever brings it', 'pool.example', NAMED, INTERNET],
    ['it at the port that this server has', 'pool.example:3000', NAMED, INTERNET],
    ['a listed name', 'POOL.internal.:3000', NAMED, INTERNET],
    ['the name that it listens on', 'box.lan:3000', NAMED, LAN],
    ['the port that a container is reached by', 'localhost:8080', DOCKER, BRIDGE],
    ['a listed address at that port', '192.168.1.7:8080', DOCKER, BRIDGE],
    ['a listed name at the port of a proxy', 'pool.internal:8443', PROXIED, from('10.0.0.1', '10.0.0.2')],
    ['a scheme’s own port', 'localhost', NOTHING, { ...HERE, socket: { ...HERE.socket, localPort: 80 } }],
  ])('%s: %s', (_name, host, options, request) => {
    expect(signedForUs(options)(host, request)).toBe(true);
  });

  it.each<[string, string, SignedHostOptions, Incoming]>([
    ['another name', 'evil.example', NAMED, HERE],
    ['another one at the same port', 'evil.example:3000', NOTHING, HERE],
    ['an address of somebody else', '6.6.6.6:3000', NOTHING, HERE],
    ['one without a port', '6.6.6.6', NAMED, INTERNET],
    ['another server of this machine', 'localhost:9999', NOTHING, HERE],
    ['it without a port', 'x.localhost', NAMED, HERE],
    ['a loopback name, by another machine', 'localhost:3000', NAMED, LAN],
    ['its address, by another machine', '127.0.0.1:3000', NOTHING, INTERNET],
    ['a loopback name, through a proxy', 'localhost:3000', NAMED, from('127.0.0.1', '127.0.0.1', { via: '1.1 x' })],
    ['an address of every private network, by the internet', '192.168.1.7:3000', NOTHING, INTERNET],
    ['another address of this machine', '192.168.2.7:3000', NOTHING, LAN],
    ['this address at another port', '192.168.1.7:9999', NOTHING, LAN],
    ['the public name at another port', 'pool.example:9999', NAMED, INTERNET],
    ['a listed name at another port', 'pool.internal:9999', NAMED, INTERNET],
    ['a container at a port that nobody named', 'localhost:9999', DOCKER, BRIDGE],
    ['an address that is none', '999.1.1.1:3000', NOTHING, HERE],
    ['no host at all', '', NAMED, HERE],
    ['a host within something else', 'pool.example@evil.example', NAMED, HERE],
  ])('not %s: %s', (_name, host, options, request) => {
    expect(signedForUs(options)(host, request)).toBe(false);
  });

  it('where nobody knows the connection: what was named, and nothing else', () => {
    const isOurs = signedForUs(NAMED);
    expect([isOurs('pool.example', undefined), isOurs('localhost', undefined)]).toEqual([true, false]);
  });
});
