// Whether a prompt leaves room for an answer, in the one sentence that whoever asked too much reads. Pure.
import { PoolError } from '../../protocol/errors.ts';

/**
 * Throws `prompt-empty` or `context-exceeded`. Clients that shorten a conversation by themselves know the sentence by its
 * beginning, which is OpenAI's.
 */
export function checkPrompt(promptTokens: number, maxContext: number): void {
  if (promptTokens === 0) throw new PoolError('prompt-empty', 'There is nothing to answer.');
  if (promptTokens < maxContext) return;
  throw new PoolError(
    'context-exceeded',
    `This model's maximum context length is ${maxContext} tokens. However, the conversation has ${promptTokens} tokens and needs room for an answer.`,
    { data: { promptTokens, maxContext } },
  );
}
