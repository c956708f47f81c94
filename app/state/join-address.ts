// The address of /join for a given model. Pure; join-query.ts reads it back.
import type { ModelRef } from '../../protocol/ids.ts';

export function joinAddress(model: ModelRef, { auto = false } = {}): string {
  const query = new URLSearchParams({ model: model.repo, revision: model.revision, dtype: model.dtype });
  if (auto) query.set('auto', '1');
  return `/join?${query}`;
}
