// What this server itself reads of models: what they are, and how many tokens a prompt has. A stranger's files are read and run
// in threads that are ended at a deadline; a few at a time, so that nobody makes this server download or compute for them.
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { readManifest } from '../../shard-worker/read-manifest.ts';
import { isOfSite, locateModel, type ModelPlaces } from './model-location.ts';
import { ModelThread } from './model-thread.ts';
import { PromptThreads } from './prompt-threads.ts';
import type { ReadLimits } from './read-thread.ts';

export interface ModelReader {
  /** Rejects with `model-not-found`, `model-unsupported`, `rate-limited` and what a download fails with. */
  manifest(model: ModelRef, signal?: AbortSignal): Promise<ModelManifest>;
  /** Token ids of a prompt, as its driver will count them. Rejects as `manifest` does, and with `bad-request`. */
  promptIds(model: ModelRef, prompt: JobRequest['prompt']): Promise<number[]>;
  close(): Promise<void>;
}

export interface ModelReaderOptions extends ModelPlaces {
  /** The configured model: its thread is always there. */
  own?: ModelRef | undefined;
  /** For tests. */
  limits?: ReadLimits & { deadlineMs?: number; promptDeadlineMs?: number };
}

/** Graphs are parsed in memory, tens of megabytes each at worst. */
const MAX_AT_ONCE = 2;
/** Readings that wait for their turn. */
const MAX_WAITING = 16;
/** A reading's own download ends after 60 s. */
const DEADLINE_MS = 75_000;

export function createModelReader({ hubUrl, modelsDir, own, limits = {} }: ModelReaderOptions): ModelReader {
  const { deadlineMs = DEADLINE_MS, promptDeadlineMs, ...rest } = limits;
  const places: ModelPlaces = { hubUrl, modelsDir };
  const threads = new Set<ModelThread>();
  const waiting: (() => void)[] = [];
  const prompts = new PromptThreads({ places, own, limits: rest, deadlineMs, promptDeadlineMs });
  let running = 0;

  /** Resolves when it is this reading's turn. */
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    if (running < MAX_AT_ONCE) {
      running += 1;
      return;
    }
    if (waiting.length >= MAX_WAITING) {
      throw new PoolError('rate-limited', 'The server reads other models just now.', {
        data: { retryAfterSeconds: 5 },
      });
    }
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        running += 1;
        resolve();
      };
      waiting.push(begin);
      signal?.addEventListener('abort', () => {
        const index = waiting.indexOf(begin);
        if (index >= 0) waiting.splice(index, 1);
        reject(cancelled());
      });
    });
  };

  const readApart = async (model: ModelRef, signal: AbortSignal | undefined): Promise<ModelManifest> => {
    const thread = new ModelThread();
    threads.add(thread);
    const stop = (): void => void thread.end(cancelled());
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const call = { type: 'manifest', model, places, limits: rest } as const;
      return (await thread.ask(call, deadlineMs)) as ModelManifest;
    } finally {
      signal?.removeEventListener('abort', stop);
      threads.delete(thread);
      await thread.end();
    }
  };

  return {
    async manifest(model, signal) {
      if (signal?.aborted) throw cancelled();
      await turn(signal);
      try {
        // The site's own files are listed with their hashes by whoever runs this server.
        if (!(await isOfSite(model.repo, modelsDir))) {
          await locateModel(model.repo, places);
          return await readApart(model, signal);
        }
        return await readManifest({ model, signal, ...rest, ...(await locateModel(model.repo, places)) });
      } finally {
        running -= 1;
        waiting.shift()?.();
      }
    },
    promptIds: (model, prompt) => prompts.ids(model, prompt),
    async close() {
      await Promise.all([prompts.close(), ...[...threads].map((thread) => thread.end())]);
    },
  };
}

const cancelled = (): PoolError => new PoolError('cancelled', 'Nobody waits for this model any more.');
