// The form of a range in a cache: 32 bytes of SHA-256, then the bytes. Storage on consumer disks does corrupt, and a
// flipped weight gives wrong tokens without any error; so what comes back is checked, and refetched when it differs.

const DIGEST_BYTES = 32;

export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function sealRange(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = new Uint8Array(DIGEST_BYTES + bytes.length);
  sealed.set(await sha256(bytes), 0);
  sealed.set(bytes, DIGEST_BYTES);
  return sealed;
}

/** @returns the bytes, or undefined when they are not `length` many or not those that were sealed. */
export async function openSealedRange(sealed: Uint8Array, length: number): Promise<Uint8Array | undefined> {
  return sealed.length === DIGEST_BYTES + length ? openSealed(sealed) : undefined;
}

/** The same of bytes that are as many as they are. */
export async function openSealed(sealed: Uint8Array): Promise<Uint8Array | undefined> {
  const bytes = sealed.subarray(DIGEST_BYTES);
  const digest = await sha256(bytes);
  return digest.every((byte, index) => byte === sealed[index]) ? bytes : undefined;
}
