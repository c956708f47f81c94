// What the page's own origin says of itself before anything else.
import { PoolError } from '../../protocol/errors.ts';
import { type SiteConfig, siteConfigSchema } from '../../protocol/http/config.ts';
import type { Host } from '../host/host.ts';

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
