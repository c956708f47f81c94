// Which pool a request's `model` means, and under which name pools are listed. Pure.
import { createHash } from 'node:crypto';
import { PoolError } from '../../protocol/errors.ts';
import { modelOf, poolIdOf } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { ModelEntry } from '../http/api-types.ts';

/**
 * A pool by its whole id, else the first one of the repository that has no slug: a bare name must not come to mean a pool
 * with somebody else's terms because that one happens to serve. Throws `model-not-found`.
 */
export function findModel(entries: readonly ModelEntry[], name: string): ModelEntry {
  const found = entries.find(({ pool }) => pool === name) ?? firstOf(entries, name);
  if (found) return found;
  throw new PoolError('model-not-found', `No pool here serves the model '${name.slice(0, 200)}'.`, {
    data: { param: 'model' },
  });
}

/** The repository for its first pool without a slug, the whole pool id for the others: each name finds its own pool again. */
export function nameModel(entries: readonly ModelEntry[], entry: ModelEntry): string {
  const isFirst = firstOf(entries, entry.model.repo) === entry;
  return isFirst ? entry.model.repo : entry.pool;
}

const firstOf = (entries: readonly ModelEntry[], repo: string): ModelEntry | undefined =>
  entries.find(({ pool, model }) => model.repo === repo && pool === poolIdOf(modelOf(model)));

/** Stable for a pool, its version and this protocol: the same seed gives the same answer while it stays the same. */
export function fingerprintOf({ pool, version = '' }: ModelEntry): string {
  const text = [pool, version, PROTOCOL_VERSION].join('\n');
  return `fp_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
