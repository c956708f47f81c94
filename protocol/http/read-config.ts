// `GET /api/config` as a page reads it before anybody has pressed anything: without the schema, whose program is 20 KB. It comes from
// the server that the page itself came from; every peer reads it by the schema.
import { isDtype, isRepo, isRevision } from '../pool-id.ts';
import type { SiteConfig } from './config.ts';
import { isRegistration } from './registration.ts';

const isText = (value: unknown): value is string => typeof value === 'string';
const isListOf = <T>(value: unknown, is: (each: unknown) => each is T): value is T[] =>
  Array.isArray(value) && value.every(is);

/** Undefined for what the schema would refuse, too. */
export function readConfig(value: unknown): SiteConfig | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { model, hubUrl, siteModelsUrl, dtypes, stunUrls, registration, version } = value as Partial<
    Record<keyof SiteConfig, unknown>
  >;
  if (typeof model !== 'object' || model === null) return undefined;
  const { repo, revision, dtype } = model as Partial<Record<keyof SiteConfig['model'], unknown>>;
  if (!isRepo(repo) || !isRevision(revision) || !isDtype(dtype)) return undefined;
  if (!isText(hubUrl) || !isText(siteModelsUrl) || !isText(version) || !isListOf(dtypes, isDtype)) return undefined;
  if (stunUrls !== undefined && !isListOf(stunUrls, isText)) return undefined;
  if (registration !== undefined && !isRegistration(registration)) return undefined;
  const own: SiteConfig = { model: { repo, revision, dtype }, hubUrl, siteModelsUrl, dtypes, version };
  if (stunUrls !== undefined) own.stunUrls = stunUrls;
  if (registration !== undefined) own.registration = registration;
  return own;
}
