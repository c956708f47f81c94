// Bytes as hex.

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const pairs = text.match(/[0-9a-f]{2}/g) ?? [];
  if (pairs.length * 2 !== text.length) throw new RangeError('Not hex.');
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
