// Whether a prompt leaves room for an answer, in the one sentence that whoever asked too much reads. Pure.
import { contextExceeded } from './context-exceeded.ts';
import { PoolError } from './errors.ts';

/** Throws `prompt-empty` or `context-exceeded`. */
export function checkPrompt(promptTokens: number, maxContext: number): void {
  if (promptTokens === 0) throw new PoolError('prompt-empty', 'There is nothing to answer.');
  if (promptTokens < maxContext) return;
  throw contextExceeded(maxContext, promptTokens);
}
