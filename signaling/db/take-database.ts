// The one writer of a database: a server takes it before it opens it; whoever comes second is told so in one sentence, or
// waits. Knows no table.
import { chmodSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseLocation } from '../config/config-types.ts';
import { UsageError } from '../config/usage-error.ts';
import { refuseForeign } from './data-folder.ts';
import { openFault } from './database-faults.ts';
import { lockFolder } from './lock-folder.ts';
import { makeFolder } from './make-folder.ts';

export interface TakenDatabase {
  /** Resolves when somebody else has it now: whoever writes must stop then. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

export interface TakeOptions {
  /** Waits until whoever has it ends. */
  wait?: boolean | undefined;
  /** Gives up waiting. */
  signal?: AbortSignal | undefined;
  /** Told once, if there is somebody to wait for. */
  onWait?(sentence: string): void;
}

/** The end of the one before is noticed within this time. */
const POLL_MS = 250;

const NEVER = new Promise<void>(() => {});

/**
 * Takes a database for this process. Rejects with `UsageError` when another process has it or it cannot be reached. One in
 * memory is nobody else's.
 *
 * @example
 * const taken = await takeDatabase({ dataDir: '.data' });
 * await taken.release();
 */
export async function takeDatabase(location: DatabaseLocation, options: TakeOptions = {}): Promise<TakenDatabase> {
  if ('memory' in location) return { lost: NEVER, release: async () => {} };
  const [tryOnce, option] = 'url' in location ? postgresTaker(location.url) : folderTaker(location.dataDir);
  let hasTold = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const taken = await tryOnce().catch((thrown) => {
      throw openFault(location, thrown);
    });
    if (typeof taken !== 'string') return taken;
    if (!options.wait) {
      throw new UsageError(
        `${taken}: stop that one, give this one another ${option}, or add --wait to take over when it ends.`,
      );
    }
    if (!hasTold) options.onWait?.(`${taken}: this one takes over when it ends.`);
    hasTold = true;
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

/** The database, or the beginning of a sentence about who has it. */
type TryOnce = () => Promise<TakenDatabase | string>;

function folderTaker(dataDir: string): [TryOnce, option: string] {
  const tryOnce = async () => {
    // Before the lock: it lies in the folder.
    keepToOneself(dataDir);
    const lock = lockFolder(dataDir);
    if (lock === 'unknown') return `Another server is about to take ${dataDir}`;
    if ('pid' in lock) return `Another server (process ${lock.pid} on ${lock.host}) works with ${dataDir}`;
    return { lost: lock.lost, release: async () => lock.release() };
  };
  return [tryOnce, '--data-dir'];
}

/** The key that seals lies in there: PostgreSQL too asks that nobody else may look into its folder. */
function keepToOneself(dataDir: string): void {
  refuseForeign(dataDir);
  makeFolder(dataDir);
  chmodSync(dataDir, 0o700);
}

const postgresTaker = (url: string): [TryOnce, option: string] => [
  async () =>
    (await (await import('./lock-postgres.ts')).lockPostgres(url)) ?? 'Another server works with this database',
  '--database-url',
];
