// The server's door into this folder for what it is asked: how many tokens a prompt has, with the model's own tokenizer and chat
// template. They are a stranger's programs: whoever calls this must be able to end the thread that it runs in.
import type { JobRequest } from '../protocol/job.ts';
import { promptIds } from './driver/prompt-ids.ts';
import { type BoundedRead, readWithinBounds } from './hub/read-within-bounds.ts';
import { openModelFiles } from './model/open-model.ts';
import { readFormat } from './worker/read-format.ts';

export interface PromptReader {
  /** Token ids, as a driver counts them. Throws `bad-request` for what template or vocabulary refuse. */
  ids(prompt: JobRequest['prompt']): number[];
}

/**
 * @throws PoolError as `readManifest`.
 * @example
 * const { ids } = await openPromptReader({ model, hubUrl: 'https://hub.example' });
 * ids({ kind: 'chat', messages: [{ role: 'user', content: 'How do I join?' }] }).length;
 */
export async function openPromptReader(options: BoundedRead): Promise<PromptReader> {
  const { format } = await readWithinBounds(options, async (source, bounds) =>
    readFormat(await openModelFiles(source, bounds)),
  );
  return { ids: (prompt) => promptIds(prompt, format) };
}
