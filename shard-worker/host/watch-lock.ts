// The page's watch on its own worker: the worker holds a Web Lock for its life, and whoever is granted it knows that it is gone,
// at once and without a timer. A worker that computes for long holds it still.

/**
 * @param name a lock that the worker has by now: asked for earlier, the page might win it.
 * @param signal ends the watch.
 */
export function watchLock(name: string, signal: AbortSignal, onGone: () => void): void {
  const gone = (): void => {
    if (!signal.aborted) onGone();
  };
  // Where the lock manager itself is at an end, so is the page.
  navigator.locks.request(name, { signal }, gone).catch(() => {});
}
