// What the server said of itself last, kept by this browser: a page that finds no server knows all the same which model is meant.
import type { SiteConfig } from '../../protocol/http/config.ts';
import { readConfig } from '../../protocol/http/read-config.ts';
import { parseSiteModels, type SiteModel } from './site-models.ts';

export interface HeardSite {
  config: SiteConfig;
  models: SiteModel[];
}

const KEY = 'computepool.site';

export function rememberSite(site: HeardSite): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(site));
  } catch {
    // A browser that keeps nothing asks the server each time.
  }
}

/** Undefined where nothing was heard, or by a page of another form. */
export function recallSite(): HeardSite | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as { config?: unknown } | null;
    const config = readConfig(kept?.config);
    return config && { config, models: parseSiteModels(kept) };
  } catch {
    return undefined;
  }
}
