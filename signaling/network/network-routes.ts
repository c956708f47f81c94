// `/api/network`: the network as anybody may see it.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { networkSchema } from '../../protocol/http/network.ts';
import { answerOf, POOL_FAILURE } from '../http/describe-shapes.ts';

const networkRoute = createRoute({
  ...{ method: 'get', path: '/network', tags: ['network'], summary: 'The network now, its last hour and day' },
  description:
    'Made at most once a second. Tabs and coalitions have names that hold for one view, ten minutes at most; nothing here names a peer, an account or an address. Few answers are told as few, round trips in steps.',
  responses: { 200: answerOf(networkSchema, 'The network.'), ...POOL_FAILURE },
});

/** As old as the server's own copy may be. */
const HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=1' };

/** A group of `/api`. `read` gives the answer as it travels: it is written once for all who ask. */
export function createNetworkRoutes(read: () => string): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerPath(networkRoute);
  app.get(networkRoute.path, (c) => c.body(read(), 200, HEADERS));
  return app;
}
