// No shape of `/api` is declared a second time: page and server have no way to declare one.
import { describe, expect, test } from 'vitest';
import { doorOf, findSchemaMakers, findSecondShapes, MAY_DECLARE } from './find-second-shapes.ts';
import { isSource, isTest, listFiles, readText } from './list-files.ts';

const modules = listFiles().filter((path) => isSource(path) && !isTest(path));

test('page and server declare no schema but those of other things', () => {
  expect(modules.flatMap((path) => findSecondShapes(path, readText(path)))).toEqual([]);
});

test('every exception is still needed', () => {
  const used = modules.filter((path) => doorOf(path) && findSchemaMakers(path, readText(path)).length > 0).map(doorOf);
  expect([...new Set(used)].sort()).toEqual(Object.keys(MAY_DECLARE).sort());
});

describe('the check itself', () => {
  const account = 'z.object({ id: z.string(), name: z.string() });';

  test.each([
    ['app/state/account-schemas.ts', `import * as z from 'zod/mini';\nexport const accountSchema = ${account}`],
    ['app/account/page.tsx', `import { z } from 'zod';\nconst schema = ${account}`],
    ['app/pools/pool-api.ts', "import { object, string } from 'zod/mini';"],
    ['app/ui/card.tsx', "const z = await import('zod/v4');"],
    [
      'signaling/accounts/account-schema.ts',
      `import { z } from '@hono/zod-openapi';\nconst accountSchema = ${account}`,
    ],
    ['signaling/jobs/usage-routes.ts', `import { createRoute, z as schema } from '@hono/zod-openapi';`],
    ['signaling/pools/pool-route-table.ts', "import * as openapi from '@hono/zod-openapi';"],
    ['signaling/http/zod.ts', "export { z } from '@hono/zod-openapi';"],
    ['signaling/http-app.ts', "export * from 'zod/mini';"],
  ])('a schema planted in %s is found', (path, text) => {
    expect(findSecondShapes(path, text)).toHaveLength(1);
    expect(findSecondShapes(path, text)[0]).toContain(`${path} takes `);
  });

  test.each([
    ['protocol/http/account.ts', "import * as z from 'zod/mini';"],
    ['shard-worker/ring/open-session.ts', "import * as z from 'zod/mini';"],
    ['signaling/openai/chat-schema.ts', "import { z } from '@hono/zod-openapi';"],
    ['signaling/accounts/account-route-table.ts', "import { createRoute } from '@hono/zod-openapi';"],
    ['app/state/call-api.ts', "import type * as z from 'zod/mini';"],
    ['app/page.tsx', "// import { z } from 'zod'\nconst text = \"import 'zod'\";"],
    ['app/page.tsx', "import { zodiac } from './zod.ts';"],
  ])('%s is fine', (path, text) => {
    expect(findSecondShapes(path, text)).toEqual([]);
  });
});
