// What the server says of itself: the default model and the list of the site's own models. Read once per page; where the server is
// away, and the page can do without it, what was heard of it last.
import { useCallback, useEffect, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import type { SiteConfig } from '../../protocol/http/config.ts';
import { readConfig } from '../../protocol/http/read-config.ts';
import { callApi, type Shape } from './call-api.ts';
import { recallSite, rememberSite } from './heard-site.ts';
import { type ShownError, showError } from './show-error.ts';
import { parseSiteModels, type SiteModel } from './site-models.ts';

export interface Site {
  status: 'loading' | 'ready' | 'failed';
  config?: SiteConfig;
  models: SiteModel[];
  /** The server does not answer: config and models are what it said last. It is asked again at a pace. */
  isHeard?: boolean;
  error?: ShownError;
  retry(): void;
}

/** A page that waits longer than this for a small JSON file goes on without. */
const MODELS_TIMEOUT_MS = 15_000;
const ASK_AGAIN_MS = 15_000;
/** Nobody answers, or a proxy says that nobody does. */
const AWAY: readonly string[] = ['link-failed', 'shutting-down'];

/** `orHeard`: for a page that goes on without the server. */
export function useSiteConfig({ orHeard = false } = {}): Site {
  const [site, setSite] = useState<Omit<Site, 'retry'>>({ status: 'loading', models: [] });
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what starts the reading again
  useEffect(() => {
    let current = true;
    let again: ReturnType<typeof setTimeout> | undefined;
    readSite().then(
      (next) => {
        rememberSite(next);
        if (current) setSite({ status: 'ready', ...next });
      },
      (error: unknown) => {
        if (!current) return;
        const heard = orHeard && AWAY.includes(PoolError.from(error).code) ? recallSite() : undefined;
        if (heard) again = setTimeout(() => setAttempt((count) => count + 1), ASK_AGAIN_MS);
        setSite(
          heard
            ? { status: 'ready', ...heard, isHeard: true }
            : { status: 'failed', models: [], error: showError(error) },
        );
      },
    );
    return () => {
      current = false;
      clearTimeout(again);
    };
  }, [attempt, orHeard]);

  const retry = useCallback(() => {
    setSite({ status: 'loading', models: [] });
    setAttempt((count) => count + 1);
  }, []);
  return { ...site, retry };
}

const configShape: Shape<SiteConfig> = {
  safeParse(value) {
    const data = readConfig(value);
    return data ? { success: true, data } : { success: false };
  },
};

async function readSite(): Promise<{ config: SiteConfig; models: SiteModel[] }> {
  const config = await callApi('/api/config', configShape);
  // The list is a convenience: a site without its own models works with any model of the hub.
  const models = await readModels(`${config.siteModelsUrl.replace(/\/+$/, '')}/index.json`).catch(() => []);
  return { config, models };
}

async function readModels(url: string): Promise<SiteModel[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(MODELS_TIMEOUT_MS) });
  return response.ok ? parseSiteModels(await response.json()) : [];
}
