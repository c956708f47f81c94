// The bound is held against what the tokenizers themselves make of the same texts: it may be lower, never higher.
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, test, vi } from 'vitest';
import { leastTokensOf } from './least-tokens.ts';
import { makePromptFormat } from './prompt-format.ts';

const read = (path: string) => JSON.parse(readFileSync(`public/models/computepool/guide-4m/${path}`, 'utf8'));
const tokenizer = read('tokenizer.json');
const files = {
  tokenizer,
  tokenizerConfig: read('tokenizer_config.json'),
  generationConfig: {},
  config: read('config.json'),
};
const leastOf = (changes: object = {}, config: Record<string, unknown> = {}) =>
  leastTokensOf({ tokenizer: { ...tokenizer, ...changes }, tokenizerConfig: config });

/** Characters of all kinds: letters, digits, spaces, accents apart, scripts of two to four bytes, halves of pairs, marks. */
const ALPHABET = [
  'a',
  'the ',
  ' token',
  '7',
  ' ',
  '\n',
  '\t',
  'e\u0301',
  'ß',
  '\u3000',
  '語',
  '😀',
  '\ud800',
  '\ue000',
  '<|im_end|>',
  '.',
];

/** The same texts at every run. */
function* texts(): Generator<string> {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed % below;
  };
  for (let count = 0; count < 300; count += 1) {
    const kinds = Array.from({ length: 1 + next(4) }, () => ALPHABET[next(ALPHABET.length)]!);
    yield Array.from({ length: 1 + next(200) }, () => kinds[next(kinds.length)]!).join('');
  }
}

describe('G14: the fewest tokens that a text may have', () => {
  test.each([
    ['as they are', {}],
    ['composed', { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }] } }],
    ['with a token that takes the spaces around it', { added_tokens: tokenizer.added_tokens.map(stripping) }],
  ])('are no more than it has: texts %s', (_name, changes) => {
    const least = leastOf(changes);
    const { encode } = makePromptFormat({ ...files, tokenizer: { ...tokenizer, ...changes } });
    for (const text of texts()) expect(least(text), text).toBeLessThanOrEqual(encode(text).length);
  });

  test('are many for a long text', () => {
    const least = leastOf();
    for (const text of ['a', 'the network ', '語', '7', '😀 ']) {
      expect(least(text.repeat(131_072 / text.length)), text).toBeGreaterThan(8 * 1024);
    }
    expect(least('a'.repeat(100))).toBeGreaterThan(5);
  });

  const split = (more: object) => ({ type: 'Split', pattern: { Regex: ' ' }, behavior: 'Isolated', ...more });
  const byteLevel = { type: 'ByteLevel', use_regex: false };
  test.each<[string, object, Record<string, unknown>?]>([
    ['another model of words', { model: { ...tokenizer.model, type: 'Unigram' } }],
    ['letters that are made small', { normalizer: { type: 'Lowercase' } }],
    ['a replacement', { normalizer: { type: 'Replace', pattern: { Regex: 'a+' }, content: '' } }],
    ['spaces that are left out', { pre_tokenizer: { type: 'Whitespace' } }],
    [
      'a split that drops what it finds',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [split({ behavior: 'Removed' }), byteLevel] } },
    ],
    [
      'one that drops the rest',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [split({ invert: true }), byteLevel] } },
    ],
    ['bytes that have no token', { model: { ...tokenizer.model, vocab: { a: 0 } } }],
    ['bytes that fall back to none', { decoder: { type: 'ByteFallback' } }],
    ['no word of how bytes are written', { decoder: null }],
    ['a file of nothing', { model: 7, added_tokens: 'x', normalizer: [], pre_tokenizer: 1, decoder: {} }],
    ['spaces that the library takes out', {}, { remove_space: true }],
  ])('are not known with %s', (_name, changes, config) => {
    expect(leastOf(changes, config)('a'.repeat(10_000))).toBe(0);
  });
});

const stripping = (token: object) => ({ ...token, lstrip: true, rstrip: true });

describe('G14: a prompt that surely does not fit', () => {
  const format = makePromptFormat(files, 1024);
  const long = 'a'.repeat(128 * 1024);

  test('is refused before the tokenizer runs, as a conversation and as a text', () => {
    const ran = vi.spyOn(Tokenizer.prototype, 'encode');
    for (const ask of [() => format.encodeText(long), () => format.encodeChat([{ role: 'user', content: long }])]) {
      expect(ask).toThrow(expect.objectContaining({ code: 'context-exceeded', data: { maxContext: 1024 } }));
    }
    expect(ran).not.toHaveBeenCalled();
    ran.mockRestore();
  });

  test('is counted where it might fit', () => {
    expect(format.encodeText('the '.repeat(1000)).length).toBeGreaterThan(900);
    expect(makePromptFormat(files).encodeText('a'.repeat(20_000)).length).toBeGreaterThan(1024);
  });
});
