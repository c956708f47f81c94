// Reads what a driver needs of a repository: tokenizer, chat template, end tokens, context. No weights.

import { PoolError } from '../../protocol/errors.ts';
import { makePromptFormat, type PromptFormat } from '../driver/prompt-format.ts';
import { contextLimit } from '../model/context-limit.ts';
import type { ModelFiles } from '../model/model-files.ts';

export interface DriverFormat {
  format: PromptFormat;
  /** Positions that a session of this model has here. */
  maxContext: number;
}

/** Runs what a model's own programs do, at once, between word of its begin and of its end. */
export type Within = <Result>(run: () => Result) => Result;

/** @param within around each run of the model's tokenizer and template: what a stranger wrote may never end. */
export async function readFormat(
  files: Pick<ModelFiles, 'json' | 'optionalText'>,
  within: Within = (run) => run(),
): Promise<DriverFormat> {
  const [tokenizer, tokenizerConfig, config] = await Promise.all([
    files.json('tokenizer.json'),
    files.json('tokenizer_config.json'),
    files.json('config.json'),
  ]);
  const generation = await files.optionalText('generation_config.json');
  const inConfig = typeof (tokenizerConfig as { chat_template?: unknown })?.chat_template;
  const chatTemplate = inConfig === 'undefined' ? await files.optionalText('chat_template.jinja') : undefined;
  const read = {
    ...{ tokenizer, tokenizerConfig, config },
    generationConfig: generation === undefined ? {} : parseObject(generation),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
  };
  const maxContext = contextLimit(config);
  const format = within(() => makePromptFormat(read, maxContext));
  return { format: runWithin(format, within), maxContext };
}

const runWithin = (format: PromptFormat, within: Within): PromptFormat => ({
  ...format,
  encodeChat: (...given) => within(() => format.encodeChat(...given)),
  encode: (text) => within(() => format.encode(text)),
  encodeText: (text) => within(() => format.encodeText(text)),
  decode: (ids) => within(() => format.decode(ids)),
  describe: (id) => within(() => format.describe(id)),
});

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PoolError('model-unsupported', 'The model’s generation_config.json is not JSON.', { cause });
  }
}
