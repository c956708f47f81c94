// Names of pools, and the pools that they name, without a schema: for whoever loads none.
import type { $brand } from 'zod/mini';
import { DTYPES, REPO_PATTERN, REVISION_PATTERN, SLUG_PATTERN } from './names.ts';

export type Dtype = (typeof DTYPES)[number];

/** What a pool serves: one model at one revision in one weight format. */
export interface ModelRef {
  repo: string;
  revision: string;
  dtype: Dtype;
}

/** A pool: a model, and a slug where other pools of that model live beside its first one. */
export interface PoolRef extends ModelRef {
  slug?: string | undefined;
}

/** `repo@revision:dtype` or `repo@revision:dtype/slug`: the name of a pool. */
export type PoolId = string & $brand<'PoolId'>;

export const isRepo = (text: unknown): text is string => typeof text === 'string' && REPO_PATTERN.test(text);
export const isRevision = (text: unknown): text is string => typeof text === 'string' && REVISION_PATTERN.test(text);
export const isDtype = (text: unknown): text is Dtype => DTYPES.some((dtype) => dtype === text);
export const isSlug = (text: unknown): text is string => typeof text === 'string' && SLUG_PATTERN.test(text);

export const poolIdOf = ({ repo, revision, dtype, slug }: PoolRef): PoolId =>
  `${repo}@${revision}:${dtype}${slug === undefined ? '' : `/${slug}`}` as PoolId;

/** The pool that an id names; undefined when it names none. */
export function readPoolId(id: string): PoolRef | undefined {
  const [, repo, revision, dtype, slug] = /^([^@:]+)@([^@:/]+):([^@:/]+)(?:\/([^@:/]+))?$/.exec(id) ?? [];
  if (!isRepo(repo) || !isRevision(revision) || !isDtype(dtype)) return undefined;
  if (slug === undefined) return { repo, revision, dtype };
  return isSlug(slug) ? { repo, revision, dtype, slug } : undefined;
}

/** The pool that a parsed id names. */
export const poolRefOf = (id: PoolId): PoolRef => readPoolId(id)!;

/** The model alone, for whoever reads its files. */
export const modelOf = ({ repo, revision, dtype }: ModelRef): ModelRef => ({ repo, revision, dtype });
