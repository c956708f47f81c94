import { describe, expect, it } from 'vitest';
import {
  fromBase64Url,
  identityOf,
  newIdentityKeys,
  peerIdOf,
  signHello,
  signText,
  toBase64Url,
  verifyHello,
  verifyText,
} from './identity.ts';

const HOST = 'pool.example:8443';
const NONCE = 'ab'.repeat(32);

describe('base64url', () => {
  it('gives back every length and byte', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length * 101) % 256);
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }
  });

  it.each([
    ['-_8', [0xfb, 0xff]],
    ['', []],
    ['Zm9vYmE', [...new TextEncoder().encode('fooba')]],
  ])('reads %s (RFC 4648)', (text, bytes) => {
    expect([...fromBase64Url(text)]).toEqual(bytes);
    expect(toBase64Url(Uint8Array.from(bytes))).toBe(text);
  });

  it.each(['a', 'Zg==', 'a+b/', 'ab c', 'Zh', 'é'])('refuses %j', (text) => {
    expect(() => fromBase64Url(text)).toThrow(expect.objectContaining({ code: 'bad-message' }));
  });
});

describe('peerIdOf', () => {
  it('is the head of SHA-256 of the raw key', async () => {
    // SHA-256 of 65 zero bytes, computed with `head -c 65 /dev/zero | sha256sum`.
    expect(await peerIdOf(new Uint8Array(65))).toBe('98ce42deef51d40269d542f5314bef2c');
  });
});

describe('hello', () => {
  it('proves the id that the signer claims', async () => {
    const hello = await signHello(await newIdentityKeys(), HOST, NONCE);
    expect(await verifyHello(hello, NONCE)).toBe(hello.peer);
  });

  it('is refused for another nonce, another host, another key, a changed signature and a point off the curve', async () => {
    const hello = await signHello(await newIdentityKeys(), HOST, NONCE);
    const other = await signHello(await newIdentityKeys(), HOST, NONCE);
    const flipped = fromBase64Url(hello.signature);
    flipped[5] = (flipped[5] ?? 0) ^ 1;
    const offCurve = new Uint8Array(65).fill(7);
    offCurve[0] = 4;
    const refused = expect.objectContaining({ code: 'not-authentic' });
    await expect(verifyHello(hello, 'cd'.repeat(32))).rejects.toEqual(refused);
    await expect(verifyHello({ ...hello, host: 'other.example' }, NONCE)).rejects.toEqual(refused);
    await expect(verifyHello({ ...hello, publicKey: other.publicKey }, NONCE)).rejects.toEqual(refused);
    await expect(verifyHello({ ...hello, signature: toBase64Url(flipped) }, NONCE)).rejects.toEqual(refused);
    await expect(verifyHello({ ...hello, publicKey: toBase64Url(offCurve) }, NONCE)).rejects.toEqual(refused);
    await expect(verifyHello({ host: HOST, publicKey: '!', signature: '' }, NONCE)).rejects.toEqual(refused);
  });

  it('keeps the private key where it is', async () => {
    const keys = await newIdentityKeys();
    await expect(crypto.subtle.exportKey('pkcs8', keys.privateKey)).rejects.toThrow();
  });
});

describe('a signed text', () => {
  it('names its signer, and is refused once a letter differs', async () => {
    const identity = await identityOf(await newIdentityKeys());
    const signed = { publicKey: identity.publicKey, signature: await signText(identity.privateKey, 'purpose:text') };
    expect(await verifyText(signed, 'purpose:text')).toBe(identity.peer);
    await expect(verifyText(signed, 'purpose:texT')).rejects.toMatchObject({ code: 'not-authentic' });
  });
});
