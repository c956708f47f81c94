// The configuration for the log at the start: everything that helps, no secret. Pure.
import type { ServerConfig } from './config-types.ts';

const MASK = '***';

/** Values as they are but for what opens doors: passwords, tokens, credentials. */
export function describeConfig(config: ServerConfig): Record<string, unknown> {
  const { database, metrics, iceServers, hubUrl, prices, sealKey, ...rest } = config;
  return {
    ...rest,
    hubUrl: maskUrl(hubUrl),
    database: 'url' in database ? { url: maskUrl(database.url) } : database,
    metrics: metrics.kind,
    sealKey: sealKey?.key === undefined ? (sealKey?.file ?? 'beside the data') : MASK,
    iceServers: iceServers.map(({ urls, credential }) => ({ urls, hasCredential: credential !== undefined })),
    pricedModels: Object.keys(prices),
  };
}

/** The address without a password, and without the query, where drivers take passwords too. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return text.startsWith('/') ? text : MASK;
  const url = new URL(text);
  if (url.password) url.password = MASK;
  if (url.search) url.search = `?${MASK}`;
  return url.href.replace(/\/$/, '');
}
