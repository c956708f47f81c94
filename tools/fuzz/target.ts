// Starts the server of `serve-target.ts` and speaks with it. That it ends by itself or logs an error is told here.
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Ledger } from '../../signaling/ledger/ledger-types.ts';
import type { ServerOptions } from '../../signaling/start-server.ts';
import { ROOT } from '../install/ensure-installed.mjs';

/** Options of a server as JSON holds them. */
export type TargetOptions = Pick<
  ServerOptions,
  'ratePerMinute' | 'timing' | 'logger' | 'welcomeMicros' | 'welcomesPerAddressPerDay' | 'maxQueue'
> & { manifest: ModelManifest };

/** `end`: all jobs are over, and nothing new is taken; `close`: so is the process. */
export type TargetQuestion = 'url' | 'state' | 'memory' | 'end' | 'close';

/** Rows by what they say of themselves, and what is alive. */
export interface TargetState {
  totals: Awaited<ReturnType<Ledger['totals']>>;
  /** By source and state: `tab running`. */
  jobs: Record<string, number>;
  batches: Record<string, number>;
  batchItems: Record<string, number>;
  live: { running: number; waiting: number };
  pools: number;
  peers: number;
}

export interface Target {
  readonly url: string;
  state(): Promise<TargetState>;
  /** After a collection of garbage. */
  memory(): Promise<NodeJS.MemoryUsage>;
  /** Ends every job as at a restart; the database is there for a last look. */
  end(): Promise<unknown>;
  close(): Promise<void>;
}

/** Pino’s level from which on it is an error. */
const ERROR_LEVEL = 50;
const MAX_STDERR_CHARS = 4000;
const CLOSE_MS = 30_000;

/** `onFault` hears of a line of the log that is an error, and of an end that nobody asked for. */
export async function startTarget(options: TargetOptions, onFault: (what: string) => void): Promise<Target> {
  const child = fork(fileURLToPath(new URL('./serve-target.ts', import.meta.url)), [JSON.stringify(options)], {
    ...{ cwd: ROOT, execArgv: ['--expose-gc', '--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  });
  let isClosing = false;
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr = (stderr + data).slice(-MAX_STDERR_CHARS);
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (isErrorLine(line)) onFault(`The server logged an error: ${line.slice(0, 2000)}`);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      const how = `The server ended with ${signal ?? code}: ${stderr}`;
      if (!isClosing) onFault(how);
      reject(new Error(how));
    });
  });
  ended.catch(() => {});
  const ask = asker(child, ended);
  const url = (await ask('url')) as string;
  return {
    url,
    state: () => ask('state') as Promise<TargetState>,
    memory: () => ask('memory') as Promise<NodeJS.MemoryUsage>,
    end: () => ask('end'),
    async close() {
      isClosing = true;
      const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await ask('close').catch(() => {});
      await ended.catch(() => {});
      clearTimeout(force);
    },
  };
}

/** Each question has a number that its answer repeats. */
function asker(child: ChildProcess, ended: Promise<never>): (question: TargetQuestion) => Promise<unknown> {
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return (question) => {
    last += 1;
    const id = last;
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    child.send({ id, ask: question });
    return Promise.race([answered, ended]);
  };
}

function isErrorLine(line: string): boolean {
  try {
    return (JSON.parse(line) as { level: number }).level >= ERROR_LEVEL;
  } catch {
    // What is no line of the log was said by somebody who should not have.
    return line.trim() !== '';
  }
}
