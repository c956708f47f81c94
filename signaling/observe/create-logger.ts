// The one place where a logger is made, so that every line is written by the same rules. Owns how an error is told.
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { describeError } from './describe-error.ts';

/** pino would take an error's message for the line's, where a call has no words of its own. */
const UNNAMED = 'failed';

/**
 * Errors go under `err`, and are told without their messages; see `describeError`.
 *
 * @param destination standard output where nothing is given.
 * @example
 * createLogger('info').error({ err: thrown }, 'request failed');
 */
export function createLogger(level: LevelWithSilent, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: describeError },
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (this: Logger, ...args: unknown[]) => void): void {
        const [first, words = UNNAMED, ...rest] = args;
        if (first instanceof Error) method.call(this, { err: first }, words, ...rest);
        else if (isLine(first) && first.err !== undefined) method.call(this, first, words, ...rest);
        else method.apply(this, args);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

const isLine = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
