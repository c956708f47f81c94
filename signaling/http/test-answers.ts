// For tests: holds an answer of `/api` against the shape that the app's own document names for it.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { expect } from 'vitest';

interface Answer {
  method: string;
  /** As it was asked for, with or without a query. */
  path: string;
  status: number;
  /** Parsed JSON; undefined for none. */
  body: unknown;
}

interface Described {
  method: string;
  path: string;
  responses: Record<string, { content?: Record<string, { schema: { parse(value: unknown): unknown } }> }>;
}

/**
 * Fails for a field too few, one that does not fit, and one too many: parsing leaves out what a shape has not, so what is
 * left must be all that was answered.
 */
// biome-ignore lint/suspicious/noExplicitAny: apps differ in what their middleware hands on
export function expectDescribed(app: OpenAPIHono<any>, { method, path, status, body }: Answer): void {
  const asked = path.split('?')[0] ?? '';
  const routes = app.openAPIRegistry.definitions.flatMap((entry) =>
    'route' in entry ? [entry.route as Described] : [],
  );
  const route = routes.find((each) => each.method === method.toLowerCase() && patternOf(each.path).test(asked));
  expect(route, `${method} ${path} is described`).toBeDefined();
  const response = route?.responses[status] ?? route?.responses.default;
  const schema = response?.content?.['application/json']?.schema;
  if (!schema) {
    expect(body, `${method} ${path} answers ${status} without a body`).toBeUndefined();
    return;
  }
  expect(JSON.parse(JSON.stringify(schema.parse(body)))).toEqual(body);
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/\/$/, '').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
