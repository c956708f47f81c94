// Special tokens that somebody only wrote: in a message they are text, and begin no turn of anybody. A mark in the midst keeps
// the tokenizer from taking them for its own; it is taken out again before a piece of text becomes tokens.
import type { Tokenizer } from '@huggingface/tokenizers';

/** Unicode's private use area: characters that mean nothing to anybody. */
const FIRST_MARK = 0xe000;
const LAST_MARK = 0xf8ff;

type PreTokenize = (text: string, options?: { section_index?: number }) => string[];

/** Guards a tokenizer: `mark` keeps what is special in these texts from being so, until the next call. */
export interface WrittenSpecials {
  /** The texts as they go into a template. Those without a special token are given back as they are. */
  mark(texts: readonly string[]): string[];
}

/** Changes the tokenizer: its own splitting into words sees no mark. */
export function guardSpecials(tokenizer: Tokenizer): WrittenSpecials {
  const specials = [...tokenizer.get_added_tokens_decoder().values()]
    .filter(({ special, content }) => special && content !== '')
    .map(({ content }) => content)
    // A longer one may begin with a shorter one.
    .sort((a, b) => b.length - a.length);
  const own = tokenizer.pre_tokenizer as unknown as PreTokenize | null;
  let inUse = '';
  const split: PreTokenize = (text, options) => {
    const plain = inUse === '' ? text : text.replaceAll(inUse, '');
    return own === null ? [plain] : own(plain, options);
  };
  Object.assign(tokenizer, { pre_tokenizer: split });
  const isWritten = (text: string): boolean => specials.some((special) => text.includes(special));
  return {
    mark(texts) {
      inUse = texts.some(isWritten) ? unusedMark(texts) : '';
      if (inUse === '') return [...texts];
      return texts.map((text) => markAll(text, specials, inUse));
    },
  };
}

/** Between all characters of each: what is left holds no special token, nor the half of one. */
function markAll(text: string, specials: readonly string[], mark: string): string {
  return specials.reduce((marked, special) => marked.replaceAll(special, () => special.split('').join(mark)), text);
}

function unusedMark(texts: readonly string[]): string {
  for (let code = FIRST_MARK; code <= LAST_MARK; code += 1) {
    const mark = String.fromCharCode(code);
    if (!texts.some((text) => text.includes(mark))) return mark;
  }
  return String.fromCharCode(FIRST_MARK);
}
