// The site's own list of models, `${base}/index.json`: what it offers and the size and hash of every file.
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { createByteMeter } from './byte-meter.ts';
import { allocate } from './byte-range.ts';
import type { FetchOptions } from './hub-file.ts';
import { hubBase } from './hub-location.ts';
import { type ExpectedFile, openRemote } from './read-remote.ts';
import { parseJson } from './read-small-file.ts';
import { createRemoteFile } from './request-range.ts';
import { DEFAULT_RETRY } from './retry-policy.ts';

/** A list, not a catalogue of the hub: bounds what a wrong address can make a tab read. */
const MAX_INDEX_BYTES = 1024 * 1024;

const fileSchema = z.object({
  size: z.int().check(z.nonnegative()),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

const ids = z.array(z.int().check(z.nonnegative())).check(z.minLength(1), z.maxLength(64));

const modelSchema = z.object({
  /** `owner/name`, as in the address of its files. */
  repo: z.string().check(z.regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/)),
  dtypes: z.array(z.string().check(z.maxLength(16))).check(z.minLength(1), z.maxLength(16)),
  title: z.string().check(z.maxLength(120)),
  description: z.string().check(z.maxLength(2000)),
  /** Number of weights. */
  parameters: z.number().check(z.positive()),
  /** The repo whose tokens this one can draft. */
  draftFor: z.optional(z.string().check(z.maxLength(200))),
  /** A prompt and the greedy ids after it, the same for every dtype: whoever serves the model is tried with it. */
  canary: z.optional(z.object({ prompt: ids, ids })),
  /** By path within the repo. */
  files: z.record(z.string().check(z.maxLength(512)), fileSchema),
});

const indexSchema = z.object({ models: z.array(modelSchema).check(z.maxLength(256)) });

export type ModelIndex = z.infer<typeof indexSchema>;

/** @throws PoolError `integrity-failed` when the value is not such a list. */
export function parseModelIndex(value: unknown): ModelIndex {
  const result = indexSchema.safeParse(value);
  if (!result.success) {
    const where = result.error.issues[0]?.path.join('.') ?? '';
    throw new PoolError('integrity-failed', `The list of models is not well-formed at "${where}".`);
  }
  return result.data;
}

/**
 * Fetches the list.
 *
 * @param base absolute address of the folder that holds index.json.
 * @throws PoolError as `openHubFile`; `integrity-failed` for something else than a list.
 */
export async function loadModelIndex(base: string, options: FetchOptions = {}): Promise<ModelIndex> {
  const url = `${hubBase(base)}/index.json`;
  const remote = createRemoteFile(url, 'index.json of this site');
  const file = await openRemote(remote, {
    transport: {
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      meter: options.meter ?? createByteMeter(),
      retry: options.retry ?? DEFAULT_RETRY,
    },
    // The list is what names content, so it is always asked for anew; without its server it is what it was.
    cache: undefined,
    openings: options.cache,
    signal: options.signal,
    expected: undefined,
    firstWindowBytes: MAX_INDEX_BYTES,
    cacheScope: url,
    commit: undefined,
  });
  if (file.size > MAX_INDEX_BYTES) {
    throw new PoolError('integrity-failed', `The list of models has ${file.size} bytes, more than ${MAX_INDEX_BYTES}.`);
  }
  const bytes = file.size === 0 ? allocate(0) : await file.read(0, file.size);
  return parseModelIndex(parseJson(bytes, 'the list of models'));
}

/** What the list says of a file, for `FetchOptions.expected`; undefined for models that are not ours. */
export function expectedFile(index: ModelIndex, repo: string, path: string): ExpectedFile | undefined {
  const files = index.models.find((model) => model.repo === repo)?.files;
  return files && Object.hasOwn(files, path) ? files[path] : undefined;
}
