// A Web Lock for the life of a worker: its page sees by it that the worker is gone.

/** `onHeld` is told the lock's name once it is held. Where there are no locks nobody is told. */
export function holdLock(onHeld: (name: string) => void): void {
  if (!navigator.locks) return;
  const name = `computepool-worker-${crypto.randomUUID()}`;
  const held = navigator.locks.request(name, () => {
    onHeld(name);
    return new Promise<never>(() => {});
  });
  held.catch(() => {});
}
