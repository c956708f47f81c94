// The embedded database, which computes on the server's own thread: after each statement it lets in whoever else waits for that
// thread. A transaction of ten statements would hold up each answer that is being told, for as long as all ten take.
import { setImmediate } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';

export class PatientPglite extends PGlite {
  override async _runExclusiveQuery<T>(query: () => Promise<T>): Promise<T> {
    const result = await super._runExclusiveQuery(query);
    await setImmediate();
    return result;
  }
}
