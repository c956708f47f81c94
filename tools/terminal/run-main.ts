// Runs a tool's main function and turns what it throws into a sentence and an exit code.
import { UsageError } from '../../signaling/config/usage-error.ts';

/** Exit code 1 on any failure; a `UsageError` or an error with a next step is told in words, the rest with a stack. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(describeFailure(error));
      process.exit(1);
    },
  );
}

/** What the person reads. Knows `PoolError` by its `next` and `code`, so that this file needs no import of it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `Failed: ${String(error)}`;
  const { next, code } = error as { next?: unknown; code?: unknown };
  if (typeof next === 'string') return `${error.message} (${String(code)})\n${next}`;
  return error instanceof UsageError ? error.message : (error.stack ?? error.message);
}
