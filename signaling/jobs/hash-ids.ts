// One number for each beginning of a row of token ids. Pure: whoever keeps them salts them, so that they tell nothing of the ids.

/** FNV-1a's prime (32 bits). */
const PRIME = 16_777_619;

/** The number of a beginning, from that of the one before it; the salt's own where there is none. */
export function extendHash(hash: number, id: number): number {
  const mixed = Math.imul(hash ^ id, PRIME);
  return mixed ^ (mixed >>> 15);
}

/** One for each beginning, the shortest first. */
export function hashBeginnings(salt: number, ids: readonly number[]): Uint32Array {
  const hashes = new Uint32Array(ids.length);
  let hash = salt;
  for (const [index, id] of ids.entries()) {
    hash = extendHash(hash, id);
    hashes[index] = hash;
  }
  return hashes;
}
