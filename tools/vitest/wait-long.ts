// For all unit tests: `vi.waitFor` waits as long as `expect.poll` does. Its own second is what a loaded machine takes for a step.
import { vi } from 'vitest';

const WAIT_MS = 60_000;
/** Files share a thread, and this runs before each. */
const DONE = Symbol.for('computepool-wait-long');

const shared = vi as typeof vi & { [DONE]?: true };
if (!shared[DONE]) {
  shared[DONE] = true;
  const { waitFor } = vi;
  vi.waitFor = (callback, options) =>
    waitFor(callback, typeof options === 'number' ? options : { timeout: WAIT_MS, ...options });
}
