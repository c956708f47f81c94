// What a driver reports as the end of a job, in the server's own words. A driver is a stranger's tab: of what it says the code
// counts, if it is one that a driver may meet; its sentence, its fields and its times reach nobody.
import { contextExceeded } from '../../protocol/context-exceeded.ts';
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { JobRequest } from '../../protocol/job.ts';

type Word = string | ((prompt: JobRequest['prompt']['kind']) => string);

const WORDS: Partial<Record<ErrorCode, Word>> = {
  'prompt-empty': 'There is nothing to answer.',
  'bad-request': (kind) =>
    kind === 'ids'
      ? 'The prompt has a token that the model has not.'
      : 'The model’s chat template refuses this conversation.',
  'model-unsupported': 'The model’s tokenizer or chat template cannot be used.',
  'model-not-found': 'The model’s tokenizer was not found.',
  'download-failed': 'The model’s tokenizer could not be downloaded.',
  'download-truncated': 'The model’s tokenizer could not be downloaded.',
  'integrity-failed': 'The model’s tokenizer is not the one that its hash names.',
  'out-of-memory': 'A tab of the coalition had no memory left.',
  'device-lost': 'A tab of the coalition lost its GPU.',
  'backend-unavailable': 'A tab of the coalition can compute no more.',
  'grant-refused': 'A tab of the coalition refused the grant.',
  'ticket-refused': 'A tab of the coalition refused the ticket.',
  'session-unknown': 'A tab of the coalition lost the session.',
  'epoch-stale': 'The coalition changed.',
  'kv-missing': 'A tab of the coalition lost its cache.',
  'position-mismatch': 'A tab of the coalition lost its place.',
  'sessions-full': 'The coalition has no room for another answer.',
  'no-stages': 'No coalition formed in time.',
  'stage-left': 'A tab of the coalition left.',
  'link-failed': 'A link of the coalition broke.',
  'lap-timeout': 'The coalition did not answer in time.',
  cancelled: 'The answer was cancelled.',
};

/** @param maxContext of the model, as the server knows it. */
export function driverFault(
  said: { code: string; data?: Record<string, unknown> | undefined },
  prompt: JobRequest['prompt']['kind'],
  maxContext: number | undefined,
): PoolError {
  if (said.code === 'context-exceeded' && maxContext !== undefined) {
    const counted = said.data?.promptTokens;
    return contextExceeded(maxContext, Number.isSafeInteger(counted) ? (counted as number) : undefined);
  }
  const code = Object.hasOwn(WORDS, said.code) ? (said.code as ErrorCode) : undefined;
  const word = code && WORDS[code];
  if (!code || !word) return new PoolError('stage-failed', 'A tab of the coalition failed.');
  return new PoolError(code, typeof word === 'string' ? word : word(prompt));
}
