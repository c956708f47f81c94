// Who a peer is: an ECDSA P-256 key. The id is derived from the public key, and a signature over the server's nonce
// proves that the key is held. WebCrypto only, so that tab and server run the same lines. Keeps no key.
import { PoolError } from './errors.ts';
import type { PeerId } from './ids.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** An uncompressed P-256 point: 0x04, x, y (SEC 1, section 2.3.3). */
const PUBLIC_KEY_BYTES = 65;
/** r and s, 32 bytes each (IEEE P1363), as WebCrypto gives it. */
const SIGNATURE_BYTES = 64;

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Throws `bad-message` for anything that `toBase64Url` does not write, non-canonical last characters included. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new PoolError('bad-message', 'A field is not base64url.');
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64Url(bytes) !== text) throw new PoolError('bad-message', 'A field is not canonical base64url.');
  return bytes;
}

/** A fresh identity. The private key can be kept in IndexedDB but never exported. */
export const newIdentityKeys = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);

/** The raw uncompressed point of a public key: `PUBLIC_KEY_BYTES` bytes. */
export const rawPublicKeyOf = async (publicKey: CryptoKey): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));

/** Hex of the first 16 bytes of SHA-256 over the raw public key. */
export async function peerIdOf(publicKeyRaw: Uint8Array<ArrayBuffer>): Promise<PeerId> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', publicKeyRaw)).subarray(0, 16);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') as PeerId;
}

/** A peer that can sign: what links and the control socket need of a key pair. */
export interface Identity {
  peer: PeerId;
  /** The raw public key in base64url. */
  publicKey: string;
  privateKey: CryptoKey;
}

/** The peer that a key pair is. */
export async function identityOf(keys: CryptoKeyPair): Promise<Identity> {
  const raw = await rawPublicKeyOf(keys.publicKey);
  return { peer: await peerIdOf(raw), publicKey: toBase64Url(raw), privateKey: keys.privateKey };
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

/** Signs a text in base64url. The text must begin with a prefix of its purpose, so that it means nothing elsewhere. */
export async function signText(privateKey: CryptoKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign(SIGNATURE, privateKey, bytesOf(text));
  return toBase64Url(new Uint8Array(signature));
}

/** The id of whoever signed this text. Throws `not-authentic`, also for fields that are no key or signature at all. */
export async function verifyText(signed: { publicKey: string; signature: string }, text: string): Promise<PeerId> {
  const refused = new PoolError('not-authentic', 'The signature does not prove the key that the id is derived from.');
  try {
    const raw = fromBase64Url(signed.publicKey);
    const signature = fromBase64Url(signed.signature);
    if (raw.byteLength !== PUBLIC_KEY_BYTES || signature.byteLength !== SIGNATURE_BYTES) throw refused;
    // importKey checks that the point lies on the curve.
    const key = await crypto.subtle.importKey('raw', raw, ALGORITHM, false, ['verify']);
    if (!(await crypto.subtle.verify(SIGNATURE, key, signature, bytesOf(text)))) throw refused;
    return await peerIdOf(raw);
  } catch {
    throw refused;
  }
}

/** The host is what the signer dialled: a server that hands on another one's nonce gets a signature that names itself. */
const helloText = (host: string, nonce: string): string => `computepool-hello:2:${host}:${nonce}`;

/** The fields of a `hello` that answer a `challenge` of the server at this host (`name` or `name:port`). */
export async function signHello(
  keys: CryptoKeyPair,
  host: string,
  nonce: string,
): Promise<{ peer: PeerId; host: string; publicKey: string; signature: string }> {
  const { peer, publicKey, privateKey } = await identityOf(keys);
  return { peer, host, publicKey, signature: await signText(privateKey, helloText(host, nonce)) };
}

/** The id of whoever signed this nonce for the host that it names. Throws `not-authentic`. */
export const verifyHello = (
  hello: { host: string; publicKey: string; signature: string },
  nonce: string,
): Promise<PeerId> => verifyText(hello, helloText(hello.host, nonce));

/** The short name of a server in what peers sign for it: that of its key, made as a peer's id is. */
export const serverIdOf = (publicKey: string): Promise<PeerId> => peerIdOf(fromBase64Url(publicKey));
