// What the page's own origin says: its config, and where a model's files come from.

import { PoolError } from '../../protocol/errors.ts';
import { type SiteConfig, siteConfigSchema } from '../../protocol/http/config.ts';
import { type ModelRef, modelOf } from '../../protocol/ids.ts';
import type { Host } from '../host/host.ts';
import type { ModelSource } from '../words/model-source.ts';

/** Models of this owner are served by the site itself. */
const SITE_OWNER = 'computepool/';

export async function fetchSiteConfig(origin: string, host: Pick<Host, 'fetch'>): Promise<SiteConfig> {
  let response: Response;
  try {
    response = await host.fetch(new URL('/api/config', origin));
  } catch (cause) {
    throw new PoolError('link-failed', 'The server does not answer.', { cause });
  }
  const result = siteConfigSchema.safeParse(response.ok ? await response.json() : undefined);
  if (!result.success) throw new PoolError('bad-message', 'The server’s configuration cannot be read.');
  return result.data;
}

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
