// The one sentence that whoever asked too much reads, wherever that was found out. Clients that shorten a conversation by
// themselves know it by its beginning, which is OpenAI's.
import { PoolError } from './errors.ts';

export const contextExceeded = (maxContext: number, promptTokens: number | undefined): PoolError => {
  const has = promptTokens === undefined ? 'is longer' : `has ${promptTokens} tokens and needs room for an answer`;
  return new PoolError(
    'context-exceeded',
    `This model's maximum context length is ${maxContext} tokens. However, the conversation ${has}.`,
    { data: { maxContext, ...(promptTokens === undefined ? {} : { promptTokens }) } },
  );
};
