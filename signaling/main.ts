// The command line's entry: reads options, starts the server, says where it serves, ends it on a signal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerConfig } from './config/config-types.ts';
import { HELP, readOptions } from './config/read-options.ts';
import { UsageError } from './config/usage-error.ts';
import type { RunningServer } from './start-server.ts';

/** Answers that run when a signal comes may end. */
const ANSWER_GRACE_MS = 10_000;
/** The embedded database opens in a second or two. */
const FOLDER_MS = 5_000;

async function main(): Promise<void> {
  const config = await readOptions(process.argv.slice(2), process.env);
  if (config === 'help') {
    console.log(HELP);
    return;
  }
  if (config.siteDir && !existsSync(join(config.siteDir, 'index.html'))) {
    throw new UsageError(
      `The site is not built: there is no ${join(config.siteDir, 'index.html')}. Run npm start, which builds it first, or add --no-site.`,
    );
  }
  await serve(config);
}

/**
 * Everything behind the options is loaded here, and all but the lock once the database is taken: who asks for help, mistypes
 * a flag or comes second waits for none of it.
 */
async function serve(config: ServerConfig): Promise<void> {
  // Whatever the database and the lock write is nobody else's to read: what seals the secrets is in there.
  process.umask(0o077);
  const { exitOnSignals } = await import('./shutdown.ts');
  const stop = new AbortController();
  let starting: Promise<RunningServer> | undefined;
  exitOnSignals(async () => {
    stop.abort();
    // What is only starting has nothing to end in order, but a folder is not left half written.
    const server = await within(
      starting?.catch(() => undefined),
      'dataDir' in config.database ? FOLDER_MS : 0,
    );
    await server?.close(ANSWER_GRACE_MS);
  });
  const { takeDatabase } = await import('./db/take-database.ts');
  const waiting = { wait: config.wait, signal: stop.signal, onWait: console.log };
  const taken = await takeDatabase(config.database, waiting);
  if (config.restoreFile !== undefined && 'dataDir' in config.database) {
    const { restoreFolder } = await import('./db/restore-folder.ts');
    await restoreFolder(config.restoreFile, config.database.dataDir).catch(async (thrown) => {
      await taken.release();
      throw thrown;
    });
    console.log(`The data of ${config.restoreFile} is in ${config.database.dataDir} now.`);
  }
  const [{ createLogger }, { watchProcess }, { startServer }, { describeConfig }] = await Promise.all([
    import('./observe/create-logger.ts'),
    import('./observe/watch-process.ts'),
    import('./start-server.ts'),
    import('./config/describe-config.ts'),
  ]);
  const logger = createLogger(config.logLevel);
  watchProcess(logger);
  logger.info({ config: describeConfig(config) }, 'configuration');
  starting = startServer({ ...config, logger: config.logLevel, taken, onLost: () => process.exit(1) });
  const server = await starting;
  const local = `${server.ownTls ? 'https' : 'http'}://localhost:${server.port}`;
  const shown = config.host === '0.0.0.0' ? `${local} (and to the network)` : server.url;
  if (stop.signal.aborted) return;
  if (server.ownerToken) console.log(tellOwner(server.ownerToken, server.url));
  console.log(`ComputePool serves at ${shown}`);
  const { tellPlainHttp } = await import('./http/tell-plain-http.ts');
  const notice = tellPlainHttp(config);
  if (notice) console.log(notice);
  if (server.ownTls) {
    const { tellTrust } = await import('./tls/tell-trust.ts');
    for (const line of tellTrust(server.ownTls)) console.log(line);
  }
  if (!config.chain) return;
  const { describeMarkets } = await import('./payments/describe-markets.ts');
  for (const line of describeMarkets(server.platform.pools.list(), server.url)) console.log(line);
}

/** The one time that it is shown. */
const tellOwner = (token: string, url: string): string =>
  `The owner's token, for ${url}/admin: ${token}\nIt is shown this once and kept as a hash. Lost: --new-owner-token makes another.`;

/** Undefined when it takes longer. */
const within = <T>(promise: Promise<T> | undefined, ms: number): Promise<T | undefined> =>
  Promise.race([promise, new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined))]);

main().catch(async (error) => {
  // It was stopped by a signal, which also ends the process.
  if ((error as Error).name === 'AbortError') return;
  if (error instanceof UsageError) {
    console.error(error.message);
  } else {
    // What nobody foresaw may hold a statement's values: of the key that is being kept, say.
    const { describeError } = await import('./observe/describe-error.ts');
    console.error(`The server could not start: ${JSON.stringify(describeError(error))}`);
  }
  process.exit(1);
});
