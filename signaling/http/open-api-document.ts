// GET /openapi.json: the OpenAPI 3.1 document of every route that was mounted on the app before it is asked for.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { describeShapes } from './describe-shapes.ts';
import { cookieNames } from './login-cookie.ts';

export interface DocumentOptions {
  version: string;
  /** The site is reached over https: the login cookie's name depends on it. */
  isHttps?: boolean;
}

/** Call it on the outermost app: mounted groups bring their routes along. */
// biome-ignore lint/suspicious/noExplicitAny: apps differ in what their middleware hands on
export function serveOpenApiDocument(app: OpenAPIHono<any>, { version, isHttps = false }: DocumentOptions): void {
  const register = app.openAPIRegistry.registerComponent.bind(app.openAPIRegistry);
  register('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'An API key (`cp-…`).' });
  const names = cookieNames(isHttps);
  register('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: names.login });
  register('securitySchemes', 'admin', { type: 'apiKey', in: 'cookie', name: names.admin });
  register('securitySchemes', 'ownerToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'The owner’s token (`cpo-…`).',
  });
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
