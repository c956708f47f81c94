// Where the page's own origin has what, and its errors as pages show them. Loads no schema.
import { PoolError } from '../../protocol/errors.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { type ModelRef, modelOf } from '../../protocol/pool-id.ts';
import type { ModelSource } from '../words/model-source.ts';

/** Models of this owner are served by the site itself. */
const SITE_OWNER = 'computepool/';

export function modelSource(wanted: ModelRef, config: SiteConfig, origin: string): ModelSource {
  const model = modelOf(wanted);
  const siteModels = new URL(config.siteModelsUrl, origin).href;
  if (model.repo.startsWith(SITE_OWNER)) return { model, hubUrl: siteModels, indexUrl: `${siteModels}/index.json` };
  return { model, hubUrl: new URL(config.hubUrl, origin).href };
}

export const controlUrl = (origin: string): string => {
  const url = new URL('/control', origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

/** An error as a page shows it. */
export function shownError(cause: unknown) {
  const error = PoolError.from(cause);
  return { ...error.toShape(), next: error.next };
}
