// Which pool is meant, when an address or a form names only part of it. Pure.
import { type Dtype, isDtype, isRepo, isRevision, isSlug, type PoolRef } from '../../protocol/pool-id.ts';
import { stateText } from '../text/english/state.ts';
import type { SiteModel } from './site-models.ts';

/** What was asked for; every field may be missing. */
export type ModelWish = Partial<PoolRef>;

/** The usual weight format of the hub's ONNX repositories, for models that this site knows nothing of. */
const USUAL_DTYPE: Dtype = 'q4';

/** Completes a wish from the site's default, then from the site's own models. */
export function resolveModel(wish: ModelWish, fallback: PoolRef, siteModels: readonly SiteModel[]): PoolRef {
  const repo = wish.repo ?? fallback.repo;
  const isDefault = repo === fallback.repo;
  const known = siteModels.find((model) => model.repo === repo);
  return {
    repo,
    revision: wish.revision ?? (isDefault ? fallback.revision : 'main'),
    dtype: wish.dtype ?? (isDefault ? fallback.dtype : (known?.dtypes[0] ?? USUAL_DTYPE)),
    ...(wish.slug === undefined ? {} : { slug: wish.slug }),
  };
}

/** Reads `model`, `revision`, `dtype` and `pool` (a slug) of an address. What does not fit is named in `problems`, not thrown. */
export function readModelWish(query: URLSearchParams): { wish: ModelWish; problems: string[] } {
  const repo = readField(query, 'model', isRepo);
  const revision = readField(query, 'revision', isRevision);
  const dtype = readField(query, 'dtype', isDtype);
  const slug = readField(query, 'pool', isSlug);
  const wish: ModelWish = {};
  if (repo.value !== undefined) wish.repo = repo.value;
  if (revision.value !== undefined) wish.revision = revision.value;
  if (dtype.value !== undefined) wish.dtype = dtype.value;
  if (slug.value !== undefined) wish.slug = slug.value;
  return { wish, problems: [repo, revision, dtype, slug].flatMap((field) => field.problem ?? []) };
}

function readField<T extends string>(
  query: URLSearchParams,
  name: string,
  fits: (text: unknown) => text is T,
): { value?: T; problem?: string } {
  const text = query.get(name);
  if (text === null || text === '') return {};
  return fits(text) ? { value: text } : { problem: stateText.notOne(name, text.slice(0, 80)) };
}
