// The command line's entry: reads options, starts the server, says where it serves, ends it on a signal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HELP, readOptions, UsageError } from './read-options.ts';
import { type RunningServer, type ServerOptions, startServer } from './start-server.ts';

const LISTEN_FAULTS: Record<string, (options: ServerOptions) => string> = {
  EADDRINUSE: ({ port }) =>
    `Port ${port} is in use. Stop what uses it, or take another one: --port ${(port ?? 0) + 1}.`,
  EACCES: ({ port }) => `Port ${port} needs more rights than this user has. Take one above 1023, e.g. --port 3000.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no address ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
  ENOTFOUND: ({ host }) => `There is no host ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') {
    console.log(HELP);
    return;
  }
  if (options.siteDir && !existsSync(join(options.siteDir, 'index.html'))) {
    throw new UsageError(
      `The site is not built: there is no ${join(options.siteDir, 'index.html')}. Run npm start, which builds it first, or add --no-site.`,
    );
  }
  const server = await startServer({ ...options, logger: 'info' }).catch((error) => {
    const fault = LISTEN_FAULTS[(error as NodeJS.ErrnoException).code ?? ''];
    throw fault ? new UsageError(fault(options), { cause: error }) : error;
  });
  const shown = options.host === '0.0.0.0' ? `http://localhost:${server.port} (and to the network)` : server.url;
  console.log(`ComputePool serves at ${shown}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(server));
}

/** Exits by itself: the broker's package keeps timers that it gives no way to stop. */
function end(server: RunningServer): void {
  server.close().then(() => process.exit(0));
}

main().catch((error) => {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(1);
});
