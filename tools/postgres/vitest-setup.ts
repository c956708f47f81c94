// Gives the test run a PostgreSQL server, if it was asked for with CP_POSTGRES=1 and none is named. Tests find it in
// TEST_DATABASE_URL; without one they say why in NO_TEST_DATABASE and run on the embedded database alone.
import { ensurePostgres } from './ensure-postgres.ts';
import { startPostgres } from './start-postgres.ts';

/** vitest's `globalSetup`: runs once, before the workers start and inherit the environment; what it returns runs last. */
export default async function setUpPostgres(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.CP_POSTGRES !== '1' || process.env.TEST_DATABASE_URL) return undefined;
  try {
    const server = await startPostgres(await ensurePostgres());
    process.env.TEST_DATABASE_URL = server.url;
    return async () => {
      delete process.env.TEST_DATABASE_URL;
      await server.stop();
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.env.NO_TEST_DATABASE = reason;
    console.error(`Tests on PostgreSQL are skipped. ${reason}`);
    return undefined;
  }
}
