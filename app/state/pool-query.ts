// A pool in the query of an address; resolve-model.ts reads it back. Pure.
import type { PoolRef } from '../../protocol/ids.ts';

export const poolQuery = ({ repo, revision, dtype, slug }: PoolRef): URLSearchParams =>
  new URLSearchParams({ model: repo, revision, dtype, ...(slug === undefined ? {} : { pool: slug }) });
