// Runs tasks a few at a time. The first failure stops the rest, and nothing is left running when it is reported.

/**
 * @param task gets a signal that fires when the caller's does or when another task failed.
 * @throws what failed first.
 */
export async function runPool<Item>(
  items: readonly Item[],
  concurrency: number,
  task: (item: Item, signal: AbortSignal) => Promise<void>,
  outer?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  const queue = items.values();
  let failure: { error: unknown } | undefined;

  async function work(): Promise<void> {
    for (const item of queue) {
      if (failure) return;
      try {
        await task(item, signal);
      } catch (error) {
        failure ??= { error };
        controller.abort(error);
      }
    }
  }

  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, work));
  if (failure) throw failure.error;
}
