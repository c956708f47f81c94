// GET /api/trust and the authority's certificate: what a device needs to trust this server. The same over plain http, where it is
// asked for first.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { PoolError } from '../../protocol/errors.ts';
import { AUTHORITY_PATH } from '../../protocol/http/read-trust.ts';
import { trustSchema } from '../../protocol/http/trust.ts';
import { answerOf, POOL_FAILURE } from '../http/describe-shapes.ts';
import type { OwnTls } from './own-tls.ts';

const NO_STORE = { 'Cache-Control': 'no-store' };

const trustRoute = createRoute({
  method: 'get',
  path: '/api/trust',
  tags: ['site'],
  summary: 'What a device needs to trust a server of its own network',
  responses: { 200: answerOf(trustSchema, 'The authority, if the server has made one.'), ...POOL_FAILURE },
});

/** `own` is undefined where the server speaks plain http: then there is nothing to trust. */
export function createTrustRoutes(own: Pick<OwnTls, 'authority' | 'addresses'> | undefined): OpenAPIHono {
  const routes = new OpenAPIHono();
  routes.openapi(trustRoute, (c) => {
    if (!own) return c.json({ authority: null }, 200, NO_STORE);
    const { fingerprint, expires } = own.authority;
    const authority = {
      ...{ fingerprint, expires: expires.toISOString() },
      ...{ secure: own.addresses('https'), plain: own.addresses('http') },
    };
    return c.json({ authority }, 200, NO_STORE);
  });
  routes.get(AUTHORITY_PATH, (c) => {
    if (!own) throw new PoolError('not-found', 'This server has no authority of its own.');
    // By this type phones offer to install it.
    return c.body(new Uint8Array(own.authority.der), 200, {
      'Content-Type': 'application/x-x509-ca-cert',
      ...NO_STORE,
    });
  });
  return routes;
}
