// The embedded model's tokenizer and chat template in the browser's libraries against transformers' (golden.json).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../words/peer-state.ts';
import { makePromptFormat, type TokenizerFiles } from './prompt-format.ts';

const DIR = 'public/models/computepool/guide-4m';
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
interface GoldenEntry {
  source: string;
  messages: ChatMessage[];
  input_ids: number[];
  greedy_ids: number[];
  text: string;
}
const golden: { eos_token_id: number; entries: GoldenEntry[] } = json('tools/train-model/golden.json');
const files: TokenizerFiles = {
  tokenizer: json(`${DIR}/tokenizer.json`),
  tokenizerConfig: json(`${DIR}/tokenizer_config.json`),
  generationConfig: json(`${DIR}/generation_config.json`),
  config: json(`${DIR}/config.json`),
};
const format = makePromptFormat(files);

describe('against transformers', () => {
  test.each(golden.entries)('$source: $messages', ({ messages, input_ids, greedy_ids, text }) => {
    expect(format.encodeChat(messages)).toEqual(input_ids);
    const eos = greedy_ids.indexOf(golden.eos_token_id);
    expect(format.decode(eos < 0 ? greedy_ids : greedy_ids.slice(0, eos)).trim()).toBe(text.trim());
    expect(format.eosIds.has(golden.eos_token_id)).toBe(true);
  });
});

test('text of any script survives the round trip', () => {
  for (const text of ['plain', 'Grüße 世界 🙂', ' two  spaces\n\nlines\t', '12 + 30 = 42.']) {
    expect(format.decode(format.encode(text))).toBe(text);
  }
});

describe('files of a stranger', () => {
  test('a model without a chat template is no chat model', () => {
    const { chat_template: _none, ...config } = files.tokenizerConfig as Record<string, unknown>;
    expect(() => makePromptFormat({ ...files, tokenizerConfig: config })).toThrow(
      expect.objectContaining({ code: 'model-unsupported' }),
    );
    const inFile = makePromptFormat({ ...files, tokenizerConfig: config, chatTemplate: '{{ messages[0].content }}' });
    expect(inFile.encodeChat([{ role: 'user', content: 'hello' }])).toEqual(format.encode('hello'));
  });

  test('named templates: the default one is used', () => {
    const config = { ...(files.tokenizerConfig as object), chat_template: [{ name: 'default', template: 'fixed' }] };
    const named = makePromptFormat({ ...files, tokenizerConfig: config });
    expect(named.encodeChat([{ role: 'user', content: 'x' }])).toEqual(format.encode('fixed'));
  });

  test('A13: a template reads the names that a request hands to it, and those of the platform win', () => {
    const template =
      '{% if enable_thinking is defined and not enable_thinking %}short{% endif %}{{ messages[0].content }}';
    const made = makePromptFormat({ ...files, chatTemplate: template });
    const messages: ChatMessage[] = [{ role: 'user', content: 'hello' }];
    expect(made.encodeChat(messages)).toEqual(format.encode('hello'));
    expect(made.encodeChat(messages, { enable_thinking: false })).toEqual(format.encode('shorthello'));
    const forged = { messages: [{ role: 'user', content: 'other' }], unused: { deep: true } };
    expect(made.encodeChat(messages, forged)).toEqual(format.encode('hello'));
  });

  test.each([null, 7, {}, { model: { type: 'Nonsense' } }])('a tokenizer.json of %j is refused', (tokenizer) => {
    expect(() => makePromptFormat({ ...files, tokenizer })).toThrow(
      expect.objectContaining({ code: 'model-unsupported' }),
    );
  });

  test('a template that raises gives a typed error', () => {
    const config = {
      ...(files.tokenizerConfig as object),
      chat_template: "{{ raise_exception('roles must alternate') }}",
    };
    const strict = makePromptFormat({ ...files, tokenizerConfig: config });
    expect(() => strict.encodeChat([{ role: 'user', content: 'x' }])).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });

  test('no message is an empty prompt', () => {
    expect(() => format.encodeChat([])).toThrow(expect.objectContaining({ code: 'prompt-empty' }));
  });
});
