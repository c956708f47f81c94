// How many tokens a text has at the least, from its bytes alone: a prompt that cannot fit is refused before the tokenizer runs.
// Says 0 where nothing is sure. Pure.
import { type ByteScheme, byteSchemeOf, tokenBytes, utf8 } from './token-bytes.ts';

/** Steps of a tokenizer that lose no byte of a text, and put none together but those that NFC does. */
const NORMALIZERS = ['NFC', 'Prepend', 'Replace'];
const PRE_TOKENIZERS = ['ByteLevel', 'Digits', 'Metaspace', 'Split'];
/** A list of steps at most; deeper ones are nobody's. */
const MAX_DEPTH = 4;
/** Marks within what only reads as a special token, which are taken out again (`written-specials.ts`). */
const MARKS = /[\ue000-\uf8ff]/g;

/** Files of a stranger. */
interface TokenizerData {
  tokenizer: Record<string, unknown>;
  tokenizerConfig: Record<string, unknown>;
}

/**
 * A token of n bytes holds an n-th of itself in each of them, so a byte is at least the share of a token that it has in the
 * longest one which holds it: 1,000 letters are at least 100 tokens if no token with that letter has more than ten bytes.
 */
export function leastTokensOf({ tokenizer, tokenizerConfig }: TokenizerData): (text: string) => number {
  const scheme = byteSchemeOf(tokenizer.decoder);
  const isTidied = tokenizerConfig.remove_space === true || tokenizerConfig.do_lowercase_and_remove_accent === true;
  if (scheme === undefined || isTidied || !isLossless(tokenizer, scheme)) return () => 0;
  const added = list(tokenizer.added_tokens);
  const longest = new Uint32Array(256);
  const alone = new Set<number>();
  const note = (bytes: readonly number[]): void => {
    if (bytes.length === 1) alone.add(bytes[0]!);
    for (const byte of bytes) longest[byte] = Math.max(longest[byte]!, bytes.length);
  };
  for (const token of Object.keys(record(record(tokenizer.model).vocab)))
    note(tokenBytes(token, scheme) ?? utf8(token));
  for (const { content } of added) note(utf8(String(content)));
  // A byte without a token of its own may be left out, or become one unknown token with all its neighbours.
  if (!TEXT_BYTES.every((byte) => alone.has(byte))) return () => 0;
  const shares = Float64Array.from(longest, (bytes) => (bytes === 0 ? 0 : 1 / bytes));
  const isComposed = stepsOf(tokenizer.normalizer).some(({ type }) => type === 'NFC');
  const isStripped = added.some(({ lstrip, rstrip }) => lstrip === true || rstrip === true);
  return (text) => {
    const plain = text.replace(MARKS, '');
    const normal = isComposed ? plain.normalize('NFC') : plain;
    let sum = 0;
    for (const byte of new TextEncoder().encode(isStripped ? normal.replace(/\s+/g, '') : normal)) sum += shares[byte]!;
    // One less, for what the sum of so many parts rounds away.
    return Math.max(0, Math.floor(sum) - 1);
  };
}

/** All that UTF-8 is made of (RFC 3629, 4). */
const TEXT_BYTES = Array.from({ length: 0xf5 }, (_, byte) => byte).filter((byte) => byte !== 0xc0 && byte !== 0xc1);

/** Whether the bytes of its tokens, put together, are the text, and maybe a space before it. */
function isLossless({ model, normalizer, pre_tokenizer }: Record<string, unknown>, scheme: ByteScheme): boolean {
  const { type = 'BPE', byte_fallback } = record(model);
  if (type !== 'BPE') return false;
  const splits = stepsOf(pre_tokenizer);
  const isByteLevel = splits.some((step) => step.type === 'ByteLevel');
  if (scheme === 'byte-level' ? !isByteLevel : byte_fallback !== true) return false;
  return (
    stepsOf(normalizer).every((step) => NORMALIZERS.includes(String(step.type)) && isKept(step)) &&
    splits.every((step) => PRE_TOKENIZERS.includes(String(step.type)) && !isSieve(step))
  );
}

/** Whether a split drops what it finds, or what it does not. */
const isSieve = ({ behavior, invert }: Record<string, unknown>): boolean => behavior === 'Removed' || invert === true;

/** A replacement is only that of a space by its mark, which is written back. */
const isKept = ({ type, pattern, content, prepend }: Record<string, unknown>): boolean =>
  type === 'Replace'
    ? record(pattern).String === ' ' && content === '\u2581'
    : type !== 'Prepend' || prepend === '\u2581';

function stepsOf(step: unknown, depth = MAX_DEPTH): Record<string, unknown>[] {
  if (step === undefined || step === null) return [];
  const one = record(step);
  if (one.type !== 'Sequence' || depth === 0) return [one];
  return [...list(one.normalizers), ...list(one.pretokenizers)].flatMap((inner) => stepsOf(inner, depth - 1));
}

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : []);

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
