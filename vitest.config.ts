// Two projects: `unit` beside the code, `tree` for the shape of the repository itself.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const folders = '{protocol,shard-worker,signaling,app,tools,bench,e2e,packages}';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Files share a thread's modules: starting a fresh one per file took longer than the tests in it.
          pool: 'threads',
          isolate: false,
          // Two more than there are cores: many tests wait for a process, a chain or a deadline.
          maxWorkers: availableParallelism() + 2,
          globalSetup: ['tools/postgres/vitest-setup.ts'],
          include: [`${folders}/**/*.test.ts`],
          exclude: ['tools/tree/**', '**/node_modules/**'],
          // Ends what hangs. Tests wait for events; on a machine that does other things those take their time.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
          setupFiles: ['tools/vitest/wait-long.ts'],
        },
      },
      // It reads every file of the tree: seconds on a machine that does other things.
      { test: { name: 'tree', include: ['tools/tree/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
