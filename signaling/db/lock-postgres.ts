// The advisory lock of the one server that writes to a PostgreSQL database. The lock is a connection's: the database lets it
// go when this process ends, however it ends, and this takes it again after the database itself was away.
import pg from 'pg';
import { CONNECT_TIMEOUT_MS } from './connect-timeout.ts';

/** Names the lock; the letters "cpwr". */
const WRITER_LOCK = 0x63707772;
/** A dead connection is found out by then, also when nothing says goodbye. */
const KEEP_ALIVE_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export interface PostgresLock {
  /** Resolves when another server has the lock: only after the database was away for a while. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/** Undefined when another process has it. Rejects when the database cannot be reached. */
export async function lockPostgres(url: string): Promise<PostgresLock | undefined> {
  let client = await tryLock(url);
  if (!client) return undefined;
  let isReleased = false;
  let tellLost: () => void;
  const lost = new Promise<void>((resolve) => {
    tellLost = resolve;
  });
  const watch = (held: pg.Client): void => {
    client = held;
    held.once('end', () => void (isReleased || takeAgain()));
  };
  const takeAgain = async (): Promise<void> => {
    for (let waitMs = FIRST_RETRY_MS; !isReleased; waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)) {
      try {
        const again = await tryLock(url);
        if (!again) return tellLost();
        if (isReleased) return await again.end();
        return watch(again);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
      }
    }
  };
  watch(client);
  return {
    lost,
    async release() {
      isReleased = true;
      await client?.end().catch(() => {});
    },
  };
}

/** A connection that has the lock; undefined when another has it. */
async function tryLock(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  // An error ends the connection too, and that is heard.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [WRITER_LOCK]);
    if (rows[0]?.taken) return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  await client.end();
  return undefined;
}
