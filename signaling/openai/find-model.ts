// Which pool a request's `model` means, and under which name pools are listed. Pure.
import { createHash } from 'node:crypto';
import { PoolError } from '../../protocol/errors.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import type { ModelEntry } from '../http/api-types.ts';

/**
 * A pool by its whole id; by its repository alone the configured pool and no other: a bare name must not come to mean a pool
 * with somebody else's terms. Throws `model-not-found`, naming pools of that repository.
 */
export function findModel(entries: readonly ModelEntry[], name: string): ModelEntry {
  const found = entries.find((entry) => entry.pool === name || nameModel(entry) === name);
  if (found) return found;
  const others = entries.filter(({ model }) => model.repo === name).map(({ pool }) => `'${pool}'`);
  const sentence = `No pool here serves the model '${name.slice(0, 200)}'.`;
  const hint = others.length > 0 ? ` Name one by its whole id: ${others.slice(0, MAX_NAMED).join(', ')}.` : '';
  throw new PoolError('model-not-found', sentence + hint, { data: { param: 'model' } });
}

/** The repository for the configured pool, the whole pool id for the others: each name finds its own pool again. */
export const nameModel = ({ isConfigured, model, pool }: ModelEntry): string => (isConfigured ? model.repo : pool);

/** Pools that a refusal names. */
const MAX_NAMED = 5;

/** Stable for a pool, its version and this protocol: the same seed gives the same answer while it stays the same. */
export function fingerprintOf({ pool, version = '' }: ModelEntry): string {
  const text = [pool, version, PROTOCOL_VERSION].join('\n');
  return `fp_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
