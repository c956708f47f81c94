// From messages to token ids and back, with the model's own tokenizer and chat template. Runs in the driver's tab: no
// text leaves it but as hidden states.
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { contextExceeded } from '../../protocol/context-exceeded.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { TemplateNames } from '../../protocol/job.ts';
import type { ChatMessage } from '../words/peer-state.ts';
import { leastTokensOf } from './least-tokens.ts';
import { renderTemplate } from './render-template.ts';
import { byteSchemeOf, tokenBytes, utf8 } from './token-bytes.ts';
import { guardSpecials } from './written-specials.ts';

/** Files of a repository in the hub's layout, parsed as JSON but otherwise unchecked: they are data of a stranger. */
export interface TokenizerFiles {
  tokenizer: unknown;
  tokenizerConfig: unknown;
  generationConfig: unknown;
  config: unknown;
  /** `chat_template.jinja`, where a repository keeps the template in a file of its own. */
  chatTemplate?: string;
}

export interface GenerationDefaults {
  temperature: number;
  topK: number;
  topP: number;
}

export interface PromptFormat {
  /**
   * Token ids of a conversation up to where the assistant begins to speak. What is written in a message is text, also where
   * it reads as a special token. `names`: what its template may read beside it.
   */
  encodeChat(messages: readonly ChatMessage[], names?: TemplateNames): number[];
  encode(text: string): number[];
  /** Plain text to go on from: with what the tokenizer puts before every text. */
  encodeText(text: string): number[];
  /** Text of ids, special tokens left out. */
  decode(ids: number[]): string;
  /** One token by itself, special ones as they are written; undefined for an id that the vocabulary has not. */
  describe(id: number): { token: string; bytes?: number[] } | undefined;
  eosIds: ReadonlySet<number>;
  defaults: GenerationDefaults;
}

/** UTF-8 of one unit of UTF-16. */
const MOST_BYTES_PER_UNIT = 3;

/** Bytes that are no whole character become U+FFFD. */
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Builds it from a repository's files. Throws `model-unsupported` naming what is missing.
 *
 * @param maxContext a prompt that surely has as many tokens is refused with `context-exceeded` before it is tokenised.
 */
export function makePromptFormat(files: TokenizerFiles, maxContext = Number.POSITIVE_INFINITY): PromptFormat {
  const tokenizerConfig = record(files.tokenizerConfig);
  const generation = record(files.generationConfig);
  const tokenizer = makeTokenizer(files.tokenizer, tokenizerConfig);
  const template = makeTemplate(files.chatTemplate ?? tokenizerConfig.chat_template);
  const special = { bos_token: tokenText(tokenizerConfig.bos_token), eos_token: tokenText(tokenizerConfig.eos_token) };
  const encode = (text: string) => Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids, Number);
  const specials = guardSpecials(tokenizer);
  const scheme = byteSchemeOf(record(files.tokenizer).decoder);
  const added = tokenizer.get_added_tokens_decoder();
  const checkLength = lengthCheck(files, maxContext);
  return {
    encode,
    encodeText(text) {
      checkLength(text);
      return Array.from(tokenizer.encode(text, { add_special_tokens: true }).ids, Number);
    },
    describe(id) {
      const written = tokenizer.id_to_token(id);
      if (written === undefined) return undefined;
      const bytes = added.has(id) ? utf8(written) : scheme && tokenBytes(written, scheme);
      if (bytes) return { token: lossy.decode(Uint8Array.from(bytes)), bytes };
      return { token: tokenizer.decode([id], { skip_special_tokens: false }) };
    },
    encodeChat(messages, names) {
      if (messages.length === 0) throw new PoolError('prompt-empty', 'There is no message to answer.');
      const contents = specials.mark(messages.map(({ content }) => content));
      const written = messages.map((message, index) => ({ ...message, content: contents[index] }));
      const text = render(template, { ...names, messages: written, add_generation_prompt: true, ...special });
      checkLength(text);
      return encode(text);
    },
    decode: (ids) => (ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: true })),
    eosIds: eosIds(generation, record(files.config), tokenizer, special.eos_token),
    defaults: {
      temperature: generation.do_sample === false ? 0 : number(generation.temperature, 0.7),
      topK: number(generation.top_k, 40),
      topP: number(generation.top_p, 0.95),
    },
  };
}

/** The vocabulary is looked through once, when the first text comes that might be too long. */
function lengthCheck(files: TokenizerFiles, maxContext: number): (text: string) => void {
  let leastTokens: ((text: string) => number) | undefined;
  return (text) => {
    if (MOST_BYTES_PER_UNIT * text.length < maxContext) return;
    const { tokenizer, tokenizerConfig } = files;
    leastTokens ??= leastTokensOf({ tokenizer: record(tokenizer), tokenizerConfig: record(tokenizerConfig) });
    if (leastTokens(text) >= maxContext) throw contextExceeded(maxContext, undefined);
  };
}

function makeTokenizer(tokenizer: unknown, config: Record<string, unknown>): Tokenizer {
  try {
    return new Tokenizer(record(tokenizer), config);
  } catch (cause) {
    throw new PoolError('model-unsupported', 'The model’s tokenizer.json cannot be used here.', { cause });
  }
}

/** `chat_template` is a string, or a list of named ones of which `default` is meant. */
function makeTemplate(value: unknown): Template {
  const named = Array.isArray(value) ? value.map(record).find((entry) => entry.name === 'default')?.template : value;
  if (typeof named !== 'string') {
    throw new PoolError('model-unsupported', 'The model has no chat template: it is no chat model.');
  }
  try {
    return new Template(named);
  } catch (cause) {
    throw new PoolError('model-unsupported', 'The model’s chat template cannot be read.', { cause });
  }
}

function render(template: Template, items: Record<string, unknown>): string {
  try {
    return renderTemplate(template, items);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it failed';
    throw new PoolError('bad-request', `The model’s chat template refuses this conversation: ${reason}`, { cause });
  }
}

function eosIds(
  generation: Record<string, unknown>,
  config: Record<string, unknown>,
  tokenizer: Tokenizer,
  eosToken: string | undefined,
): Set<number> {
  const ids = [generation.eos_token_id ?? config.eos_token_id].flat().filter((id) => typeof id === 'number');
  if (ids.length > 0) return new Set(ids);
  const id = eosToken === undefined ? undefined : tokenizer.token_to_id(eosToken);
  return new Set(id === undefined ? [] : [id]);
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A special token is written as its text or as an object with `content`. */
function tokenText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : record(value).content;
  return typeof text === 'string' ? text : undefined;
}
