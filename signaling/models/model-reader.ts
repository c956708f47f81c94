// What this server itself reads of models: what they are, and how many tokens a prompt has. A stranger's files are read and run
// in processes that are ended at a deadline; a few at a time, so that nobody makes this server download or compute for them.
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { readManifest } from '../../shard-worker/read-manifest.ts';
import { type Asker, TurnLine } from '../admission/turn-line.ts';
import { isOfSite, locateModel, type ModelPlaces } from './model-location.ts';
import { ModelProcess } from './model-process.ts';
import { PromptProcesses } from './prompt-processes.ts';
import type { ReadLimits } from './read-thread.ts';

export interface ModelReader {
  /** Rejects with `model-not-found`, `model-unsupported`, `rate-limited` and what a download fails with. */
  manifest(model: ModelRef, asker: Asker, signal?: AbortSignal): Promise<ModelManifest>;
  /**
   * Token ids of a prompt, as its driver will count them. Rejects as `manifest` does, and with `bad-request`, `queue-full`
   * and, for one that is surely too long, `context-exceeded`.
   */
  promptIds(model: ModelRef, prompt: JobRequest['prompt'], asker: Asker): Promise<number[]>;
  close(): Promise<void>;
}

export interface ModelReaderOptions extends ModelPlaces {
  /** The configured model: its process is always there. */
  own?: ModelRef | undefined;
  /** For tests. */
  limits?: ReadLimits & {
    deadlineMs?: number;
    promptDeadlineMs?: number;
    addressMs?: { perMinute: number; burst: number };
  };
}

/**
 * Graphs are parsed in memory, tens of megabytes each at worst: two of one address at once, and one more of an address that
 * has none under way.
 */
const READING_LIMITS = { workers: 2, spare: 1, waiting: 16 };
/** A reading's own download ends after 60 s. */
const DEADLINE_MS = 75_000;

interface Reading {
  asker: Asker;
  begin(): void;
  reject(error: PoolError): void;
}

export function createModelReader({ hubUrl, modelsDir, own, limits = {} }: ModelReaderOptions): ModelReader {
  const { deadlineMs = DEADLINE_MS, promptDeadlineMs, addressMs, ...rest } = limits;
  const places: ModelPlaces = { hubUrl, modelsDir };
  const processes = new Set<ModelProcess>();
  const line = new TurnLine<Reading>(READING_LIMITS);
  const prompts = new PromptProcesses({ places, own, limits: rest, deadlineMs, promptDeadlineMs, addressMs });
  const beginAll = (): void => {
    for (let next = line.begin(); next; next = line.begin()) next.begin();
  };

  /** Resolves when it is this reading's turn, with what says that it is done. */
  const turn = (asker: Asker, signal: AbortSignal | undefined): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        line.end(reading);
        beginAll();
      };
      const reading: Reading = { asker, begin: () => resolve(end), reject };
      line.push(reading);
      beginAll();
      const data = { retryAfterSeconds: 5 };
      line.shorten()?.reject(new PoolError('rate-limited', 'The server reads other models just now.', { data }));
      signal?.addEventListener('abort', () => line.remove(reading) && reject(cancelled()), { once: true });
    });

  const readApart = async (model: ModelRef, signal: AbortSignal | undefined): Promise<ModelManifest> => {
    const process = new ModelProcess();
    processes.add(process);
    const stop = (): void => void process.end(cancelled());
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const call = { type: 'manifest', model, places, limits: rest } as const;
      return (await process.ask(call, { cpuMs: deadlineMs, wallMs: deadlineMs })) as ModelManifest;
    } finally {
      signal?.removeEventListener('abort', stop);
      processes.delete(process);
      await process.end();
    }
  };

  return {
    async manifest(model, asker, signal) {
      if (signal?.aborted) throw cancelled();
      const end = await turn(asker, signal);
      try {
        // The site's own files are listed with their hashes by whoever runs this server.
        if (!(await isOfSite(model.repo, modelsDir))) {
          await locateModel(model.repo, places);
          return await readApart(model, signal);
        }
        return await readManifest({ model, signal, ...rest, ...(await locateModel(model.repo, places)) });
      } finally {
        end();
      }
    },
    promptIds: (model, prompt, asker) => prompts.ids(model, prompt, asker),
    async close() {
      await Promise.all([prompts.close(), ...[...processes].map((process) => process.end())]);
    },
  };
}

const cancelled = (): PoolError => new PoolError('cancelled', 'Nobody waits for this model any more.');
