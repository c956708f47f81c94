// The server's door into this folder for what a model is: its manifest from its graph alone, as peers make it themselves. Needs
// nothing but fetch and crypto; reads no weights, and stops at a bound of time and of bytes.
import type { ModelManifest } from '../protocol/manifest.ts';
import { type BoundedRead, readWithinBounds } from './hub/read-within-bounds.ts';
import { openModel } from './model/open-model.ts';

export type { BoundedRead };

/**
 * Layers, bytes per layer, KV shape, hidden size and `maxContext` of a model: equal to what a peer tells of it.
 *
 * @throws PoolError `model-not-found`, `model-unsupported`, `download-failed` and what else a download fails with;
 *   `too-large` past `maxBytes`, `cancelled` by the signal.
 * @example
 * const manifest = await readManifest({ model, hubUrl: 'https://hub.example' });
 */
export const readManifest = (options: BoundedRead): Promise<ModelManifest> =>
  readWithinBounds(options, async (source, bounds) => (await openModel(source, bounds)).manifest);
