import { expect, it } from 'vitest';
import { tellTrust } from './tell-trust.ts';

const authority = { der: Buffer.alloc(0), fingerprint: 'AB:CD', expires: new Date(), isNew: true };
const addressesOf =
  (...hosts: string[]) =>
  (scheme: string) =>
    hosts.map((host) => `${scheme}://${host}:3000`);

it('says where other devices reach it, how they trust it, as a picture for a camera too, and what to compare', () => {
  const lines = tellTrust({ authority, leftOut: [], addresses: addressesOf('desk.local', '192.168.1.7') });
  expect(lines[0]).toBe('Other devices reach it at https://desk.local:3000, https://192.168.1.7:3000.');
  expect(lines[1]).toBe('Each trusts it once: open http://192.168.1.7:3000/trust there, for the authority is new.');
  expect(lines[2]?.split('\n').length).toBeGreaterThan(10);
  expect(lines[3]).toContain('AB:CD');
  expect(lines).toHaveLength(4);
});

it('names what its authority may not speak for', () => {
  const lines = tellTrust({ authority, leftOut: ['pool.example'], addresses: addressesOf('desk.local') });
  expect(lines.at(-1)).toMatch(/not for pool\.example.*folder tls/);
});

it('says that no other device reaches it where it listens for this machine', () => {
  expect(tellTrust({ authority, leftOut: [], addresses: () => [] })).toEqual([
    expect.stringContaining('--host 0.0.0.0'),
  ]);
});
