// What the port of a server with https answers over plain http: the page that says how to trust it, with what that page is made
// of, and for everything else the way there. No key, login or question is taken here.
import { Hono } from 'hono';
import { AUTHORITY_PATH } from '../../protocol/http/read-trust.ts';
import type { OwnHostOptions } from '../http/own-host.ts';
import { requireOwnHost } from '../http/require-own-host.ts';
import { COMMON_HEADERS, createPageHeaders } from '../site/page-headers.ts';
import { serveSite } from '../site/serve-site.ts';
import type { OwnTls } from './own-tls.ts';
import { createTrustRoutes } from './trust-routes.ts';

/** The page. */
export const TRUST_PAGE = '/trust';

export interface PlainAppOptions {
  own: Pick<OwnTls, 'authority' | 'addresses'>;
  siteDir: string | undefined;
  hosts: OwnHostOptions;
}

/** Files of the site that say nothing of anybody: the page's scripts and styles, and what its head names. */
const PART = /^\/(?:_next\/static\/.+|[\w-]+\.(?:svg|ico|png|webmanifest))$/;

/** Programs, whose words are not for a page. */
const OF_PROGRAMS = /^\/(?:v1|api|control|peerjs|models|metrics|healthz|readyz)(?:\/|$)/;

export function createPlainApp({ own, siteDir, hosts }: PlainAppOptions): Hono {
  const app = new Hono();
  app.use('*', async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(COMMON_HEADERS)) c.res.headers.set(name, value);
  });
  app.use('*', requireOwnHost(hosts));
  app.route('/', createTrustRoutes(own));
  const headersOf = createPageHeaders('');
  app.on(['GET', 'HEAD'], '*', async (c) => {
    const { path } = c.req;
    if (siteDir && (path === TRUST_PAGE || PART.test(path))) {
      const page = await serveSite(siteDir, path, c.req.raw, headersOf);
      if (page) return page;
    }
    if (OF_PROGRAMS.test(path) || !siteDir) return refuse();
    // Not remembered: the server may speak plain http again one day.
    return c.redirect(`${TRUST_PAGE}?${new URLSearchParams({ to: `${path}${new URL(c.req.url).search}` })}`, 302);
  });
  app.all('*', () => refuse());
  return app;
}

/** RFC 9110, 15.5.22. */
const refuse = (): Response =>
  new Response(
    `This server speaks https: ask again with https:// in front. The certificate to trust is at ${AUTHORITY_PATH}.\n`,
    {
      status: 426,
      headers: { Upgrade: 'TLS/1.2, HTTP/1.1', Connection: 'Upgrade', 'Content-Type': 'text/plain; charset=utf-8' },
    },
  );
