// GET /openapi.json: the OpenAPI 3.1 document of every route that was mounted on the app before it is asked for.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { LOGIN_COOKIE } from './authenticate.ts';
import { describeShapes } from './describe-shapes.ts';

/** Call it on the outermost app: mounted groups bring their routes along. */
// biome-ignore lint/suspicious/noExplicitAny: apps differ in what their middleware hands on
export function serveOpenApiDocument(app: OpenAPIHono<any>, { version }: { version: string }): void {
  const register = app.openAPIRegistry.registerComponent.bind(app.openAPIRegistry);
  register('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'An API key (`cp-…`).' });
  register('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: LOGIN_COOKIE });
  for (const [name, schema] of Object.entries(describeShapes())) register('schemas', name, schema);
  app.get('/openapi.json', (c) => {
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'ComputePool',
        version,
        description:
          'Language models that are sharded across browser tabs. /v1 speaks the words of the OpenAI API; ' +
          'fields and headers named computepool are ours.',
      },
    });
    return c.json(document, 200, { 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' });
  });
}
