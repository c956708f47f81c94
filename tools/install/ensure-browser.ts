// Makes sure that there is a Chromium: finds one, or installs one in the ways that this machine offers.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../signaling/config/usage-error.ts';
import { type FoundBrowser, findBrowser } from '../browser/find-browser.ts';
import { isRoot } from '../browser/launch-browser.ts';
import { runCommand } from '../terminal/run-command.ts';
import { withProgress } from '../terminal/with-progress.ts';
import { ROOT } from './ensure-installed.mjs';

/** About 200 MB over a slow line. */
const INSTALL_SILENCE_MS = 10 * 60_000;

const HELP =
  'No Chromium was found, and none could be installed. Install Chromium or Google Chrome, or set CHROMIUM_PATH to the executable of one.';

/** Says which browser it is. Throws `UsageError` with the next step when there is none to be had. */
export async function ensureBrowser(): Promise<FoundBrowser> {
  const found = findBrowser() ?? (await install());
  console.error(`Browser: ${found.version} at ${found.path}`);
  return found;
}

async function install(): Promise<FoundBrowser> {
  const named = process.env.CHROMIUM_PATH;
  if (named) throw new UsageError(`CHROMIUM_PATH is ${named}, and no Chromium starts from there. Correct or unset it.`);
  const tried: string[] = [];
  for (const { title, commands } of installers()) {
    for (const [command = '', ...args] of commands) {
      const { code, output } = await withProgress(title, () =>
        runCommand(command, args, {
          cwd: ROOT,
          env: { DEBIAN_FRONTEND: 'noninteractive' },
          silenceMs: INSTALL_SILENCE_MS,
        }),
      );
      if (code === 0) continue;
      tried.push(`${[command, ...args].join(' ')}\n${output.trim().split('\n').slice(-5).join('\n')}`);
      break;
    }
    const found = findBrowser();
    if (found) return found;
  }
  throw new UsageError([...tried, HELP].join('\n\n'));
}

interface Installer {
  title: string;
  commands: string[][];
}

/** Debian's own package brings its libraries along; Playwright's download needs them to be there. */
function installers(): Installer[] {
  const playwright = [process.execPath, join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js'), 'install'];
  const downloads = { title: 'Downloading Chromium', commands: [[...playwright, 'chromium']] };
  const rights = process.platform === 'linux' && existsSync('/usr/bin/apt-get') ? superuser() : undefined;
  if (!rights) return [downloads];
  const apt = {
    title: 'Installing Chromium with apt',
    commands: [
      [...rights, 'apt-get', 'update', '-qq'],
      [...rights, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ],
  };
  return [apt, { ...downloads, commands: [[...playwright, '--with-deps', 'chromium']] }];
}

/** What to put before a command to have root's rights without a question; undefined when there is no way. */
function superuser(): string[] | undefined {
  if (isRoot()) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n', '-E'] : undefined;
}
