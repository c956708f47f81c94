// Starts the relay's process and speaks to it.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LinkShape } from './link-shape.ts';
import type { RelayStats } from './relay.ts';
import type { Address } from './rewrite-candidate.ts';

export type RelayOrder = { id: number } & (
  | { type: 'open'; target: Address; link: string }
  | { type: 'reshape'; shape: LinkShape; link?: string | undefined }
  | { type: 'reset' }
  | { type: 'stats' }
);

export interface RelayAnswer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Without the number that the handle gives it. */
type Order<T = RelayOrder> = T extends RelayOrder ? Omit<T, 'id'> : never;

export interface RelayHandle {
  /** The port on the loopback that stands for `target` on that link. */
  open(target: Address, link: string): Promise<number>;
  /** Resolves when packets that come from now on are treated so. */
  reshape(shape: LinkShape, link?: string): Promise<void>;
  reset(): Promise<void>;
  /** `cpuMs`: of the relay's process since it began. */
  stats(): Promise<RelayStats & { cpuMs: number }>;
  close(): Promise<void>;
}

/** `seed` decides which packets are lost. */
export async function startRelay(seed = 1): Promise<RelayHandle> {
  const entry = fileURLToPath(new URL('./relay-main.ts', import.meta.url));
  const child = fork(entry, [String(seed)], { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  const ask = askOf(child);
  const handle: RelayHandle = {
    open: (target, link) => ask({ type: 'open', target, link }) as Promise<number>,
    reshape: (shape, link) => ask({ type: 'reshape', shape, link }) as Promise<void>,
    reset: () => ask({ type: 'reset' }) as Promise<void>,
    stats: () => ask({ type: 'stats' }) as Promise<RelayStats & { cpuMs: number }>,
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
  // It hears orders as soon as it runs; the first answer says that it does.
  await handle.reset();
  return handle;
}

function askOf(child: ChildProcess): (order: Order) => Promise<unknown> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let count = 0;
  child.on('message', ({ id, value, error }: RelayAnswer) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(value);
    else reject?.(new Error(`The relay: ${error}`));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The relay ended with code ${code}.`));
    waiting.clear();
  });
  return (order) =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error('The relay is not running.'));
      const id = count++;
      waiting.set(id, { resolve, reject });
      child.send({ ...order, id });
    });
}
