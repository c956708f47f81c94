// Where an answer comes from, with a service worker between page and server. Pure.
import { pagePath } from '../route/page-path.ts';
import type { SiteFiles } from './site-files.ts';

/** Names below carry a hash of their content. */
const HASHED = '/_next/static/';

export interface AskedFor {
  method: string;
  url: string;
  headers: Pick<Headers, 'has'>;
}

/**
 * `kept`: what is kept goes first, since its name says what is in it. `server`: what is kept goes only where the server does not
 * answer. Undefined: not ours at all, as the API, sockets, models and ranges of files are not.
 */
export function sourceOf(
  { method, url, headers }: AskedFor,
  origin: string,
  { pages }: Pick<SiteFiles, 'pages'>,
): 'kept' | 'server' | undefined {
  const address = new URL(url);
  if (method !== 'GET' || address.origin !== origin || headers.has('range')) return undefined;
  if (address.pathname.startsWith(HASHED)) return 'kept';
  return Object.hasOwn(pages, pagePath(address.pathname)) ? 'server' : undefined;
}
