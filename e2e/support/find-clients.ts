// Which of other people's clients can be had on this machine, and how a program of theirs is run.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = join('e2e', 'clients');
/** `npm run test:clients` makes it. */
const PYTHON = join('.cache', 'clients', 'bin', 'python');
const RUN_MS = 10 * 60_000;

const HOW = 'npm run test:clients installs it where it can';

/** Why Java cannot be asked; undefined: it can. */
export const javaFault = (): string | undefined =>
  spawnSync('javac', ['-version']).status === 0 ? undefined : `there is no JDK; ${HOW}`;

export function pythonFault(module: string): string | undefined {
  if (!existsSync(PYTHON)) return `there is no Python with these clients; ${HOW}`;
  return spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0 ? undefined : `Python has no ${module}; ${HOW}`;
}

/** What a program of `e2e/clients/` prints, as JSON. */
export async function runClient(
  kind: 'java' | 'python',
  args: string[],
  env: Record<string, string>,
): Promise<unknown> {
  const [command, file] = kind === 'java' ? ['java', 'Client.java'] : [PYTHON, 'client.py'];
  const options = { env: { ...process.env, ...env }, timeout: RUN_MS, maxBuffer: 1 << 24 };
  const { stdout } = await promisify(execFile)(command, [join(FOLDER, file), ...args], options);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
