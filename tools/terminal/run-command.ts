// Runs one command to its end and keeps what it printed. Bounded in time and in output.
import { type ChildProcess, spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; 124 when it was silent for too long, 127 when it could not be started. */
  code: number;
  /** Standard output and error, in the order they came. */
  output: string;
  ms: number;
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Longest that it may say nothing: a slow machine outruns no bound, and what hangs is found. */
  silenceMs: number;
}

/** More than any failing step needs; a command that prints without end must not fill the memory. */
const MAX_OUTPUT_CHARACTERS = 4_000_000;

/** Between asking a command to end and ending it. */
const GRACE_MS = 5_000;

const running = new Set<ChildProcess>();
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Whatever ends this process ends what it started: a build left behind would hold memory and locks. */
function endAll(): void {
  for (const child of running) kill(child, 'SIGKILL');
}

function endOnSignal(signal: NodeJS.Signals): void {
  endAll();
  process.exit(SIGNALS[signal as keyof typeof SIGNALS]);
}

/** Signals are caught only while something runs, so that whoever imports this keeps its own way to end. */
function track(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of Object.keys(SIGNALS)) process.on(signal, endOnSignal);
  }
  running.add(child);
}

function release(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  process.off('exit', endAll);
  for (const signal of Object.keys(SIGNALS)) process.off(signal, endOnSignal);
}

/** Resolves with the result, whatever it is. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const startedAt = performance.now();
  // A group of its own, so that a timeout reaches the command's children too.
  const detached = process.platform !== 'win32';
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  track(child);
  let output = '';
  const keep = (chunk: Buffer): void => {
    timer.refresh();
    output = (output + chunk.toString()).slice(-MAX_OUTPUT_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill(child, 'SIGTERM');
    setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS).unref();
  }, options.silenceMs);
  return new Promise((resolve) => {
    const done = (code: number): void => {
      clearTimeout(timer);
      release(child);
      if (late) output += `\nStopped: it said nothing for ${Math.round(options.silenceMs / 1000)} s.`;
      resolve({ code: late ? 124 : code, output, ms: performance.now() - startedAt });
    };
    child.once('error', (error) => {
      output += `${command} could not be started: ${error.message}`;
      done(127);
    });
    child.once('close', (code) => done(code ?? 1));
  });
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It ended between the check and the signal.
  }
}
