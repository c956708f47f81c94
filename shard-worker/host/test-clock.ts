// Time in tests of whole tabs: timers are the test's, keys and calls take what they take. Used by tests only.
import { vi } from 'vitest';

/** From now on timers run as far as the test moves them. The jitter of a new try is half of its pause. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
}

export function startClock(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

/** Lets happen what takes no time on the clock: calls, and keys being made. Real time, also under a clock of the test. */
export async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error(`It never happened: ${isSo}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets everything happen that is on its way between page and worker. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
