import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makePromptFormat } from './prompt-format.ts';
import { byteSchemeOf, tokenBytes } from './token-bytes.ts';

const DIR = 'public/models/computepool/guide-4m';
const json = (path: string) => JSON.parse(readFileSync(`${DIR}/${path}`, 'utf8'));
const format = makePromptFormat({
  tokenizer: json('tokenizer.json'),
  tokenizerConfig: json('tokenizer_config.json'),
  generationConfig: json('generation_config.json'),
  config: json('config.json'),
});

test.each([
  [{ type: 'ByteLevel' }, 'byte-level'],
  [{ type: 'Sequence', decoders: [{ type: 'Strip' }, { type: 'ByteLevel' }] }, 'byte-level'],
  [{ type: 'Sequence', decoders: [{ type: 'Replace' }, { type: 'ByteFallback' }, { type: 'Fuse' }] }, 'byte-fallback'],
  [{ type: 'Metaspace' }, 'byte-fallback'],
  [{ type: 'WordPiece' }, undefined],
  [{ type: 7, decoders: [null, { decoders: 'x' }] }, undefined],
  [null, undefined],
  ['ByteLevel', undefined],
])('the decoder %j writes bytes as %s', (decoder, scheme) => {
  expect(byteSchemeOf(decoder)).toBe(scheme);
});

test('a decoder that holds itself ends', () => {
  const decoder: { type: string; decoders: unknown[] } = { type: 'Sequence', decoders: [] };
  decoder.decoders.push(decoder, decoder);
  expect(byteSchemeOf(decoder)).toBeUndefined();
});

describe('bytes', () => {
  test.each([
    ['Ġthe', 'byte-level', [0x20, 0x74, 0x68, 0x65]],
    ['Ċ', 'byte-level', [0x0a]],
    ['ÃŁ', 'byte-level', [0xc3, 0x9f]],
    ['世', 'byte-level', undefined],
    ['▁the', 'byte-fallback', [0x20, 0x74, 0x68, 0x65]],
    ['<0xE4>', 'byte-fallback', [0xe4]],
    ['世', 'byte-fallback', [0xe4, 0xb8, 0x96]],
  ] as const)('%s in %s', (token, scheme, bytes) => {
    expect(tokenBytes(token, scheme)).toEqual(bytes);
  });

  test('the bytes of all tokens of a text are those of the text', () => {
    for (const text of ['Grüße 世界 🙂\n\tend', ' two  spaces', '12 + 30 = 42.']) {
      const bytes = format.encode(text).flatMap((id) => format.describe(id)?.bytes ?? []);
      expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe(text);
    }
  });

  test('a part of a character shows as U+FFFD, a special token as it is written, a strange id as nothing', () => {
    const parts = format.encode('🙂').map((id) => format.describe(id)!);
    expect(parts.some(({ token }) => token.includes('\ufffd'))).toBe(true);
    expect(format.describe(1)).toEqual({ token: '<|im_start|>', bytes: [...new TextEncoder().encode('<|im_start|>')] });
    expect(format.describe(4_000_000)).toBeUndefined();
  });
});
