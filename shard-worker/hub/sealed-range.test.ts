import { describe, expect, it } from 'vitest';
import { randomBytes } from './fake-repo.ts';
import { openSealedRange, sealRange, sha256, toHex } from './sealed-range.ts';

describe('a sealed range', () => {
  it('opens to the same bytes', async () => {
    const bytes = randomBytes(1000, 3);
    expect(await openSealedRange(await sealRange(bytes), 1000)).toEqual(bytes);
    expect(await openSealedRange(await sealRange(new Uint8Array(0)), 0)).toEqual(new Uint8Array(0));
  });

  it('does not open with one bit flipped anywhere', async () => {
    const sealed = await sealRange(randomBytes(40, 4));
    for (let index = 0; index < sealed.length; index += 1) {
      const corrupt = sealed.slice();
      corrupt[index] = (corrupt[index] ?? 0) ^ 0x10;
      expect(await openSealedRange(corrupt, 40)).toBeUndefined();
    }
  });

  it('does not open as another length', async () => {
    const sealed = await sealRange(randomBytes(40, 5));
    for (const length of [0, 39, 41]) expect(await openSealedRange(sealed, length)).toBeUndefined();
    expect(await openSealedRange(new Uint8Array(0), 0)).toBeUndefined();
  });

  it('uses SHA-256 (FIPS 180-2, B.1)', async () => {
    expect(toHex(await sha256(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
