// Reads a whole file that fits in memory: config.json, tokenizer.json, a graph. Bounded, and hashed where a hash is known.
import { PoolError } from '../../protocol/errors.ts';
import { type FetchOptions, openHubFile } from './hub-file.ts';
import type { HubLocation } from './hub-location.ts';

/** Tokenizers reach 35 MB; a graph with its weights outside stays far below. */
const MAX_SMALL_FILE_BYTES = 64 * 1024 * 1024;

/** Most files here are smaller, and then come with the request that learns their size. */
const FIRST_WINDOW_BYTES = 64 * 1024;

/** @throws PoolError as `openHubFile`; `model-unsupported` for a file above 64 MB. */
export async function readSmallFile(location: HubLocation, path: string, options: FetchOptions): Promise<Uint8Array> {
  const file = await openHubFile(location, path, { firstWindowBytes: FIRST_WINDOW_BYTES, ...options });
  if (file.size > MAX_SMALL_FILE_BYTES) {
    const sentence = `${path} of ${location.repo} has ${file.size} bytes; at most ${MAX_SMALL_FILE_BYTES} are read.`;
    throw new PoolError('model-unsupported', sentence, { data: { size: file.size } });
  }
  return file.read(0, file.size);
}

/**
 * Reads JSON. The value is unchecked: parse it with a schema before use.
 *
 * @throws PoolError as `readSmallFile`; `integrity-failed` when the bytes are not UTF-8 JSON.
 */
export async function readJsonFile(location: HubLocation, path: string, options: FetchOptions): Promise<unknown> {
  return parseJson(await readSmallFile(location, path, options), `${path} of ${location.repo}`);
}

/** @throws PoolError `integrity-failed`: a web page in place of JSON is what captive portals and fallbacks send. */
export function parseJson(bytes: Uint8Array, label: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PoolError('integrity-failed', `What the server sent as ${label} is not JSON.`, { cause });
  }
}
