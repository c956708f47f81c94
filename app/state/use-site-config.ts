// What the server says of itself: the default model and the list of the site's own models. Read once per page.
import { useCallback, useEffect, useState } from 'react';
import { type SiteConfig, siteConfigSchema } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { ShownError } from '../chat/conversation.ts';
import { parseSiteModels, type SiteModel } from './site-models.ts';

export interface Site {
  status: 'loading' | 'ready' | 'failed';
  config?: SiteConfig;
  models: SiteModel[];
  error?: ShownError;
  retry(): void;
}

/** A page that waits longer than this for a small JSON file says so instead. */
const CONFIG_TIMEOUT_MS = 15_000;

export function useSiteConfig(): Site {
  const [site, setSite] = useState<Omit<Site, 'retry'>>({ status: 'loading', models: [] });
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what starts the reading again
  useEffect(() => {
    let current = true;
    readSite().then(
      (next) => current && setSite({ status: 'ready', ...next }),
      (error: unknown) => current && setSite({ status: 'failed', models: [], error: shown(error) }),
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

function shown(error: unknown): ShownError {
  const { code, message } = PoolError.from(error);
  return { code, message, next: 'Check that the server runs and that this device is online, then try again.' };
}

async function readSite(): Promise<{ config: SiteConfig; models: SiteModel[] }> {
  const config = siteConfigSchema.safeParse(await readJson('/api/config'));
  if (!config.success) throw new PoolError('bad-message', 'The server’s configuration has a field that does not fit.');
  // The list is a convenience: a site without its own models works with any model of the hub.
  const folder = config.data.siteModelsUrl.replace(/\/+$/, '');
  const models = await readJson(`${folder}/index.json`).then(parseSiteModels, () => []);
  return { config: config.data, models };
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(CONFIG_TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new PoolError('download-failed', 'The server did not answer.', { cause });
  });
  if (!response.ok) throw new PoolError('download-failed', `The server answered with status ${response.status}.`);
  return await response.json();
}
