// Makes sure that there are a PostgreSQL server's programs: finds them, or installs Debian's package where that needs no
// question. Starts no server, and never touches the cluster that the package may make.
import { existsSync } from 'node:fs';
import { type CommandResult, runCommand } from '../terminal/run-command.ts';
import { findPostgres, type PostgresPrograms } from './find-postgres.ts';

/** About 60 MB over a slow line; whoever waits for the tests should not wait longer for this. */
const INSTALL_SILENCE_MS = 4 * 60_000;

/** What installing needs of the machine; a test has its own. */
export interface Installer {
  find: () => PostgresPrograms | undefined;
  /** Debian or a relative of it, with the rights to install. */
  mayInstall: () => boolean;
  run: (args: readonly string[]) => Promise<CommandResult>;
}

const MACHINE: Installer = {
  find: () => findPostgres(),
  mayInstall: () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'),
  run: (args) =>
    runCommand('/usr/bin/apt-get', args, {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      silenceMs: INSTALL_SILENCE_MS,
    }),
};

const INSTALL = ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'];

/** Throws an `Error` whose message says what is missing and what to do. */
export async function ensurePostgres(installer: Installer = MACHINE): Promise<PostgresPrograms> {
  const found = installer.find();
  if (found) return found;
  const help = 'Install PostgreSQL 13 or newer, or set TEST_DATABASE_URL to a superuser of a server for tests.';
  if (!installer.mayInstall()) throw new Error(`No PostgreSQL was found. ${help}`);
  // Lists that are too old name packages that are gone; with good ones the first try is enough.
  const first = await installer.run(INSTALL);
  const last = first.code === 0 ? first : await updateAndInstall(installer);
  const installed = installer.find();
  if (installed) return installed;
  throw new Error(`No PostgreSQL was found, and apt-get could not install it: ${tailOf(last.output)} ${help}`);
}

async function updateAndInstall(installer: Installer): Promise<CommandResult> {
  const updated = await installer.run(['update', '-qq']);
  return updated.code === 0 ? installer.run(INSTALL) : updated;
}

const tailOf = (output: string): string => output.trim().split('\n').slice(-3).join(' ');
