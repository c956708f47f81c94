// What Node itself would print of a failure that nobody caught, or of a warning: with messages, statements and their values.
// Here it is a line of the log, and the process ends as it would have.
import type { Logger } from 'pino';

/** What of Node's process is used. */
export interface WatchedProcess {
  on(event: 'uncaughtException' | 'warning', listener: (thrown: Error) => void): unknown;
  removeAllListeners(event: 'warning'): unknown;
  exit(code: number): void;
}

/** For a program's start. A rejection that nobody took is an uncaught exception to Node, and so here. */
export function watchProcess(logger: Pick<Logger, 'fatal' | 'warn'>, source: WatchedProcess = process): void {
  source.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'nobody caught a failure: the server ends');
    source.exit(1);
  });
  // Node's own listener prints the text.
  source.removeAllListeners('warning');
  source.on('warning', (err) => logger.warn({ err }, 'a warning of Node'));
}
