// From the prompt of a job to token ids, at the driver that answers it and at the server that counts it. Pure.
import { PoolError } from '../../protocol/errors.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { PromptFormat } from './prompt-format.ts';

/** Throws `bad-request` for ids that the model's vocabulary has not, and what the chat template refuses. */
export function promptIds(prompt: JobRequest['prompt'], format: PromptFormat): number[] {
  if (prompt.kind === 'chat') return format.encodeChat(prompt.messages, prompt.template);
  if (prompt.kind === 'text') return format.encodeText(prompt.text);
  const strange = prompt.ids.find((id) => format.describe(id) === undefined);
  if (strange !== undefined) throw new PoolError('bad-request', `The model has no token ${strange}.`);
  return prompt.ids;
}
