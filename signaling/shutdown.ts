// How the server ends: no new work, a while for what runs, then sockets and the database. A second signal waits for
// nothing. Knows its parts by what they can do, not by name.
import type { Logger } from 'pino';
import { PoolError } from '../protocol/errors.ts';

export interface ShutdownParts {
  /** From now on new work is refused with `shutting-down`. Must not wait. */
  stopAdmitting(): void;
  /** Resolves when nothing runs any more. Told to give up what is left when `signal` fires: hand it back, release holds. */
  drain?(signal: AbortSignal): Promise<void>;
  closeSockets(): Promise<void> | void;
  closeDatabase?(): Promise<void>;
}

export interface ShutdownOptions {
  /** For what runs. An orchestrator of containers usually kills after 30 s, so this must be well below. */
  drainMs?: number;
  /** For each step after it. */
  stepMs?: number;
  logger: Pick<Logger, 'info' | 'warn'>;
}

const DRAIN_MS = 20_000;
const STEP_MS = 3_000;

export interface Shutdown {
  readonly isShuttingDown: boolean;
  /** For `/readyz`: throws `shutting-down` once it has begun. */
  check(): void;
  /** Ends everything, in order and in bounded time. A second call gives the first one's result. Never rejects. */
  begin(why: string): Promise<void>;
}

export function createShutdown(parts: ShutdownParts, options: ShutdownOptions): Shutdown {
  const { drainMs = DRAIN_MS, stepMs = STEP_MS, logger } = options;
  let over: Promise<void> | undefined;

  async function run(why: string): Promise<void> {
    logger.info({ why }, 'shutting down');
    const giveUp = new AbortController();
    await step('stopAdmitting', stepMs, () => parts.stopAdmitting());
    const timer = setTimeout(() => giveUp.abort(new PoolError('shutting-down', 'The server restarts.')), drainMs);
    await step('drain', drainMs + stepMs, () => parts.drain?.(giveUp.signal));
    clearTimeout(timer);
    // Sockets before the database: a late message must find it open.
    await step('closeSockets', stepMs, () => parts.closeSockets());
    await step('closeDatabase', stepMs, () => parts.closeDatabase?.());
    logger.info('shut down');
  }

  /** A part that fails or hangs must not keep the others from ending. */
  async function step(name: keyof ShutdownParts, limitMs: number, act: () => Promise<void> | void | undefined) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, limitMs, 'late');
    });
    try {
      const how = await Promise.race([Promise.resolve().then(act), late]);
      if (how === 'late') logger.warn({ step: name, limitMs }, 'a step of the shutdown took too long');
    } catch (error) {
      logger.warn({ step: name, err: error }, 'a step of the shutdown failed');
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    get isShuttingDown() {
      return over !== undefined;
    },
    check() {
      if (over) throw new PoolError('shutting-down', 'The server is shutting down.');
    },
    begin(why) {
      over ??= run(why);
      return over;
    },
  };
}

/** What of Node's process is used. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): void;
}

/** npm hands on the Ctrl-C that the terminal has sent already: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/**
 * The first SIGINT or SIGTERM ends in order and exits with 0; a later one exits with 1 at once. Exits by itself: what is only
 * starting cannot be told to end.
 */
export function exitOnSignals(
  end: (signal: string) => Promise<void>,
  source: SignalSource = process,
  nowMs = (): number => performance.now(),
): void {
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstMs === undefined) {
      firstMs = nowMs();
      end(signal).then(() => source.exit(0));
    } else if (nowMs() - firstMs > SAME_SIGNAL_MS) source.exit(1);
  };
  source.on('SIGINT', onSignal);
  source.on('SIGTERM', onSignal);
}
