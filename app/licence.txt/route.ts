// The licence of all this as a file of the site, as it lies in the repository.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const dynamic = 'force-static';

export const GET = (): Response =>
  new Response(readFileSync(join(process.cwd(), 'LICENSE'), 'utf8'), { headers: { 'Content-Type': 'text/plain' } });
