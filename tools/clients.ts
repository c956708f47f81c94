// Installs other people's clients where this machine lets it, and runs the tests that ask with them. What cannot be had is
// skipped there, with the reason.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './install/ensure-browser.ts';
import { ROOT } from './install/ensure-installed.mjs';
import { ensureBuilt } from './site/ensure-built.ts';
import { runCommand } from './terminal/run-command.ts';
import { runMain } from './terminal/run-main.ts';
import { withProgress } from './terminal/with-progress.ts';

const VENV = join(ROOT, '.cache', 'clients');
/** Packages of some hundred megabytes over a slow line. */
const SILENCE_MS = 10 * 60_000;

async function install(title: string, ...command: string[]): Promise<boolean> {
  const [program = '', ...args] = command;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await withProgress(title, () =>
    runCommand(program, args, { cwd: ROOT, env, silenceMs: SILENCE_MS }),
  );
  if (code !== 0) console.log(`${title} failed: ${output.trim().split('\n').slice(-3).join(' ')}`);
  return code === 0;
}

async function installJava(): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (spawnSync('javac', ['-version']).status === 0 || !mayInstall) return;
  await install('Reading Debian’s lists', 'apt-get', 'update', '-qq');
  await install(
    'Installing a JDK',
    'apt-get',
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    'default-jdk-headless',
  );
}

async function installPython(): Promise<void> {
  const pip = join(VENV, 'bin', 'pip');
  if (!existsSync(pip) && !(await install('Making a place for Python’s clients', 'python3', '-m', 'venv', VENV)))
    return;
  await install('Installing Python’s clients', pip, 'install', '-q', '-r', join('e2e', 'clients', 'requirements.txt'));
}

runMain(async () => {
  const browser = await ensureBrowser();
  await installJava();
  await installPython();
  await ensureBuilt();
  const playwright = join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
  const { status } = spawnSync(process.execPath, [playwright, 'test', 'e2e/other-clients.spec.ts'], {
    ...{ cwd: ROOT, stdio: 'inherit', env: { ...process.env, CHROMIUM_PATH: browser.path } },
  });
  return status ?? 1;
});
