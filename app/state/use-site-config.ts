// What the server says of itself: the default model and the list of the site's own models. Read once per page.
import { useCallback, useEffect, useState } from 'react';
import { type SiteConfig, siteConfigSchema } from '../../protocol/http/config.ts';
import { callApi } from './call-api.ts';
import { type ShownError, showError } from './show-error.ts';
import { parseSiteModels, type SiteModel } from './site-models.ts';

export interface Site {
  status: 'loading' | 'ready' | 'failed';
  config?: SiteConfig;
  models: SiteModel[];
  error?: ShownError;
  retry(): void;
}

/** A page that waits longer than this for a small JSON file goes on without. */
const MODELS_TIMEOUT_MS = 15_000;

export function useSiteConfig(): Site {
  const [site, setSite] = useState<Omit<Site, 'retry'>>({ status: 'loading', models: [] });
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what starts the reading again
  useEffect(() => {
    let current = true;
    readSite().then(
      (next) => current && setSite({ status: 'ready', ...next }),
      (error: unknown) => current && setSite({ status: 'failed', models: [], error: showError(error) }),
    );
    return () => {
      current = false;
    };
  }, [attempt]);

  const retry = useCallback(() => {
    setSite({ status: 'loading', models: [] });
    setAttempt((count) => count + 1);
  }, []);
  return { ...site, retry };
}

async function readSite(): Promise<{ config: SiteConfig; models: SiteModel[] }> {
  const config = await callApi('/api/config', siteConfigSchema);
  // The list is a convenience: a site without its own models works with any model of the hub.
  const models = await readModels(`${config.siteModelsUrl.replace(/\/+$/, '')}/index.json`).catch(() => []);
  return { config, models };
}

async function readModels(url: string): Promise<SiteModel[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(MODELS_TIMEOUT_MS) });
  return response.ok ? parseSiteModels(await response.json()) : [];
}
