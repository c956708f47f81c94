// Two projects: `unit` beside the code, `tree` for the shape of the repository itself.
import { defineConfig } from 'vitest/config';

const folders = '{protocol,shard-worker,signaling,app,tools,bench,e2e}';

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: [`${folders}/**/*.test.ts`], exclude: ['tools/tree/**', '**/node_modules/**'] },
      },
      { test: { name: 'tree', include: ['tools/tree/**/*.test.ts'] } },
    ],
  },
});
