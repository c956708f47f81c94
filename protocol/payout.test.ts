import { describe, expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from './identity.ts';
import type { PeerId } from './ids.ts';
import {
  type Address,
  addressSchema,
  checkPayout,
  type SignedPayout,
  signedPayoutSchema,
  signPayout,
} from './payout.ts';

const identity = await identityOf(await newIdentityKeys());
const other = await identityOf(await newIdentityKeys());
const server = '4'.repeat(32) as PeerId;
const ADDRESS = `0x${'ab'.repeat(20)}` as Address;
const ZERO = `0x${'0'.repeat(40)}` as Address;
const notAuthentic = expect.objectContaining({ code: 'not-authentic' });

test('a statement is accepted as its peer signed it, and crosses a wire', async () => {
  const signed = await signPayout(identity, { server, address: ADDRESS, at: 1_790_000_000_000.5 });
  expect(signed).toMatchObject({ peer: identity.peer, server, address: ADDRESS, at: 1_790_000_000_000 });
  expect(signedPayoutSchema.parse(JSON.parse(JSON.stringify(signed)))).toEqual(signed);
  expect(await checkPayout(signed)).toBe(ADDRESS);
});

test('it is made now where nothing else is said', async () => {
  const before = Date.now();
  const { at } = await signPayout(identity, { server, address: ADDRESS });
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test('an address is the same in any case', async () => {
  const written = `0x${ADDRESS.slice(2).toUpperCase()}`;
  const signed = await signPayout(identity, { server, address: written });
  expect(signed.address).toBe(ADDRESS);
  const shown = signedPayoutSchema.parse({ ...signed, address: written });
  expect(shown.address).toBe(ADDRESS);
  expect(await checkPayout(shown)).toBe(ADDRESS);
});

const changed: Partial<SignedPayout> = {
  ...{ peer: '9'.repeat(32) as PeerId, server: '9'.repeat(32) as PeerId, address: `0x${'9'.repeat(40)}`, at: 7 },
  ...{ publicKey: other.publicKey, signature: 'AA' },
};
test.each(Object.entries(changed))('a statement whose %s was changed is refused', async (field, value) => {
  const signed = await signPayout(identity, { server, address: ADDRESS });
  await expect(checkPayout({ ...signed, [field]: value })).rejects.toEqual(notAuthentic);
});

test('a statement that names another peer than its signer is refused', async () => {
  const signed = await signPayout({ ...other, peer: identity.peer }, { server, address: ADDRESS });
  await expect(checkPayout(signed)).rejects.toEqual(notAuthentic);
});

describe('the zero address', () => {
  test('is not signed', async () => {
    await expect(signPayout(identity, { server, address: ZERO })).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('is not accepted', async () => {
    const signed = await signPayout(identity, { server, address: ADDRESS });
    await expect(checkPayout({ ...signed, address: ZERO })).rejects.toEqual(notAuthentic);
  });
});

test.each([
  '',
  '0x',
  ADDRESS.slice(2),
  `${ADDRESS}0`,
  ADDRESS.slice(0, -1),
  `0X${ADDRESS.slice(2)}`,
  `0x${'g'.repeat(40)}`,
])('“%s” is no address', async (address) => {
  expect(addressSchema.safeParse(address).success).toBe(false);
  await expect(signPayout(identity, { server, address })).rejects.toMatchObject({ code: 'bad-request' });
});

test.each([-1, 0.5, 8_640_000_000_000_001, Number.NaN])('a time of %d is none', async (at) => {
  const signed = await signPayout(identity, { server, address: ADDRESS });
  expect(signedPayoutSchema.safeParse({ ...signed, at }).success).toBe(false);
});
