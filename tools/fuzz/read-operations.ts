// The operations of a running server, from the document that it serves of itself: a route that is added is fuzzed.
import { askHttp } from './ask-http.ts';
import type { JsonSchema } from './hostile-values.ts';

export interface Operation {
  method: string;
  /** With `{id}` where a parameter stands. */
  path: string;
  parameters: readonly { in: string; name: string; schema: JsonSchema; required?: boolean }[];
  /** By media type. */
  bodies: Record<string, JsonSchema>;
}

export interface Operations {
  list: Operation[];
  /** What `$ref`s lead into. */
  document: unknown;
}

interface Described {
  parameters?: Operation['parameters'];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

export async function readOperations(url: string): Promise<Operations> {
  const { text } = await askHttp({ method: 'GET', url: `${url}/openapi.json` });
  const document = JSON.parse(text) as { paths: Record<string, Record<string, Described>> };
  const list = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema]);
      return { method: method.toUpperCase(), path, parameters, bodies: Object.fromEntries(bodies) };
    }),
  );
  return { list, document };
}
