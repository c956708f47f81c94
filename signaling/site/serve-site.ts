// The built site (a static export): pages without extension, assets that never change, its own page for what is not
// there, and each in the encoding that the build wrote beside it.
import { join } from 'node:path';
import { type FoundFile, findFile } from './find-file.ts';
import { findTwins } from './find-twins.ts';
import type { HeadersOf } from './page-headers.ts';
import { serveFile } from './serve-file.ts';

/** Names below carry a hash of their content. */
const HASHED_ASSETS = '/_next/static/';
const FOREVER = 'public, max-age=31536000, immutable';
const REVALIDATE = 'public, max-age=0, must-revalidate';

/** The page or asset at `urlPath` (still encoded), else the site's 404 page, else undefined. */
export async function serveSite(
  siteDir: string,
  urlPath: string,
  request: Request,
  headersOf?: HeadersOf,
): Promise<Response | undefined> {
  const file = await findPage(siteDir, urlPath);
  const shown = file ?? (await findFile(siteDir, '404.html'));
  if (!shown) return undefined;
  const cacheControl = urlPath.startsWith(HASHED_ASSETS) ? FOREVER : REVALIDATE;
  const twins = await findTwins(shown);
  const lost = { cacheControl: 'no-store', status: 404 } as const;
  const response = serveFile(request, shown, { ...(file ? { cacheControl } : lost), twins });
  const query = new URL(request.url).searchParams;
  for (const [name, value] of Object.entries((await headersOf?.(shown, query)) ?? {}))
    response.headers.set(name, value);
  return response;
}

/** `/join` is `join`, `join.html` or `join/index.html`, whichever the export wrote. */
async function findPage(siteDir: string, urlPath: string): Promise<FoundFile | undefined> {
  const path = urlPath.replace(/\/+$/, '');
  const candidates = path === '' ? ['index.html'] : [path, `${path}.html`, join(path, 'index.html')];
  for (const candidate of candidates) {
    const file = await findFile(siteDir, candidate);
    if (file) return file;
  }
  return undefined;
}
