// The command line's entry: reads options, starts the server, says where it serves, ends it on a signal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerConfig } from './config/config-types.ts';
import { HELP, readOptions } from './config/read-options.ts';
import { UsageError } from './config/usage-error.ts';
import type { RunningServer } from './start-server.ts';

const LISTEN_FAULTS: Record<string, (config: ServerConfig) => string> = {
  EADDRINUSE: ({ port }) => `Port ${port} is in use. Stop what uses it, or take another one: --port ${port + 1}.`,
  EACCES: ({ port }) => `Port ${port} needs more rights than this user has. Take one above 1023, e.g. --port 3000.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no address ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
  ENOTFOUND: ({ host }) => `There is no host ${host}. Use --host 127.0.0.1 or --host 0.0.0.0.`,
};

/** Answers that run when a signal comes may end. */
const ANSWER_GRACE_MS = 10_000;

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

/** Everything behind the options is loaded here: who asks for help or mistypes a flag waits for none of it. */
async function serve(config: ServerConfig): Promise<void> {
  const [{ pino }, { startServer }, { exitOnSignals }, { describeConfig }] = await Promise.all([
    import('pino'),
    import('./start-server.ts'),
    import('./shutdown.ts'),
    import('./config/describe-config.ts'),
  ]);
  pino({ level: config.logLevel, base: null }).info({ config: describeConfig(config) }, 'configuration');
  let server: RunningServer | undefined;
  // While it starts or waits there is nothing to end in order.
  exitOnSignals(async () => server?.close(ANSWER_GRACE_MS));
  server = await startServer({ ...config, logger: config.logLevel, onWait: console.log }).catch((error) => {
    const fault = LISTEN_FAULTS[(error as NodeJS.ErrnoException).code ?? ''];
    throw fault ? new UsageError(fault(config), { cause: error }) : error;
  });
  const shown = config.host === '0.0.0.0' ? `http://localhost:${server.port} (and to the network)` : server.url;
  console.log(`ComputePool serves at ${shown}`);
}

main().catch((error) => {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(1);
});
