// The exact bytes of one token, where a tokenizer's way of writing them is known: byte-level BPE (GPT-2's alphabet of 256
// printable characters) and SentencePiece with byte fallback. Pure.

/** How a vocabulary writes bytes; read from `decoder` of tokenizer.json. */
export type ByteScheme = 'byte-level' | 'byte-fallback';

const SPACE_MARK = '\u2581';
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
/** A decoder is a list of decoders at most; deeper ones are nobody's. */
const MAX_DEPTH = 4;

export function byteSchemeOf(decoder: unknown): ByteScheme | undefined {
  const kinds = decoderKinds(decoder, MAX_DEPTH);
  if (kinds.includes('ByteLevel')) return 'byte-level';
  return kinds.includes('ByteFallback') || kinds.includes('Metaspace') ? 'byte-fallback' : undefined;
}

/** Bytes of a vocabulary entry; undefined when it has a character that the scheme does not write. */
export function tokenBytes(token: string, scheme: ByteScheme): number[] | undefined {
  if (scheme === 'byte-fallback') {
    const byte = BYTE_TOKEN.exec(token)?.[1];
    return byte === undefined ? utf8(token.replaceAll(SPACE_MARK, ' ')) : [Number.parseInt(byte, 16)];
  }
  const bytes = Array.from(token, (character) => BYTE_OF.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
}

export const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

function decoderKinds(decoder: unknown, depth: number): string[] {
  if (typeof decoder !== 'object' || decoder === null || depth === 0) return [];
  const { type, decoders } = decoder as { type?: unknown; decoders?: unknown };
  const inner = Array.isArray(decoders) ? decoders.flatMap((entry) => decoderKinds(entry, depth - 1)) : [];
  return typeof type === 'string' ? [type, ...inner] : inner;
}

/** GPT-2's `bytes_to_unicode`: printable Latin-1 stands for itself, the rest for U+0100 and on, in order. */
const BYTE_OF: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  const pairs = Array.from({ length: 256 }, (_, byte): [string, number] => [
    String.fromCharCode(isPrintable(byte) ? byte : next++),
    byte,
  ]);
  return new Map(pairs);
})();
