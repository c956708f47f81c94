import { describe, expect, it } from 'vitest';
import { ownHost } from './own-host.ts';

const isOwn = ownHost({
  publicUrl: 'https://Pool.example:8443/app',
  host: 'mybox.lan',
  allowedHosts: ['pool.internal', 'dotted.example.'],
});

describe('G10: a request is for this server', () => {
  it.each([
    undefined,
    ...['localhost', 'localhost:3000', 'LOCALHOST', 'localhost.', 'pool.localhost:80', 'a.b.localhost'],
    ...['127.0.0.1', '127.0.0.1:3000', '192.168.1.7:65535', '0.0.0.0:1', '[::1]', '[::1]:3000', '[2001:DB8::1]:3000'],
    ...['pool.example', 'pool.example:8443', 'pool.example:443', 'POOL.example.', 'mybox.lan:3000'],
    ...['pool.internal', 'pool.internal:3000', 'dotted.example'],
  ])('by %s', (host) => {
    expect(isOwn(host)).toBe(true);
  });

  it.each([
    ...['evil.example', 'evil.example:3000', 'www.pool.example', 'pool.example.evil.example', 'notlocalhost', ''],
    ...['localhost.evil.example', '127.0.0.1.evil.example', '127.0.0.1.nip.io:3000', 'evil.example/localhost'],
    ...[
      'evil@localhost',
      'localhost@evil.example',
      'localhost:80:evil.example',
      'localhost evil.example',
      'localhost,x',
    ],
    ...['[evil.example]', '[127.0.0.1]', '::1', '2130706433', '0x7f.1', '127.1', '999.1.1.1', ':3000', '[::1', '.'],
  ])('not by %j', (host) => {
    expect(isOwn(host)).toBe(false);
  });

  it('by no name at all where none is given but those of this machine', () => {
    const bare = ownHost({});
    expect([bare('localhost'), bare('10.0.0.1'), bare('pool.example')]).toEqual([true, true, false]);
  });
});
