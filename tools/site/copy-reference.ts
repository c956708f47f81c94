// Puts Swagger UI beside the built site as its makers ship it: the page of the API's reference loads it, and no other page does. Not a
// part of the bundle, so that no device keeps it to answer without the server.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What the page loads, and the licence that has to come along. */
const FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE'] as const;

const require = createRequire(import.meta.url);

export function copyReference(siteDir: string): void {
  const from = dirname(require.resolve('swagger-ui-dist/package.json'));
  const to = join(siteDir, 'reference');
  mkdirSync(to, { recursive: true });
  for (const name of FILES) copyFileSync(join(from, name), join(to, name));
}
