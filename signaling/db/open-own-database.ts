// The database of the one server that writes to it: taken, then opened; closed, then let go.
import type { DatabaseLocation } from '../config/config-types.ts';
import { type OpenDatabase, type OpenOptions, openDatabase } from './open-database.ts';
import { type TakenDatabase, type TakeOptions, takeDatabase } from './take-database.ts';

export interface OwnDatabase extends OpenDatabase {
  /** Resolves when another process has it now: whoever writes must stop then. */
  readonly lost: Promise<void>;
}

/**
 * Rejects with `UsageError` when another process has it or it cannot be opened; it is let go then.
 *
 * @param options `taken`: by whoever starts the server, before it loaded all of it.
 */
export async function openOwnDatabase(
  location: DatabaseLocation,
  { taken: before, isDurable, ...options }: TakeOptions & OpenOptions & { taken?: TakenDatabase | undefined } = {},
): Promise<OwnDatabase> {
  const taken = before ?? (await takeDatabase(location, options));
  const database = await openDatabase(location, { isDurable }).catch(async (thrown) => {
    await taken.release();
    throw thrown;
  });
  const close = async (): Promise<void> => {
    await database.close();
    await taken.release();
  };
  return { ...database, lost: taken.lost, close };
}
