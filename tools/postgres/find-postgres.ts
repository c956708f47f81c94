// Finds the programs of a PostgreSQL server on this machine. Starts no server and changes nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** Major version. */
  version: number;
}

/** The first that has `drop database … with (force)`. */
const MIN_VERSION = 13;

/** Debian keeps every version in a folder of its own and puts none of the servers on the PATH. */
const DEBIAN_ROOT = '/usr/lib/postgresql';

const ASK_TIMEOUT_MS = 5_000;

/** The first of `folders` that has both programs in a version that will do. */
export function findPostgres(folders: readonly string[] = foldersToSearch()): PostgresPrograms | undefined {
  for (const folder of folders) {
    const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
    if (!existsSync(programs.initdb) || !existsSync(programs.postgres)) continue;
    const version = versionOf(programs.postgres);
    if (version !== undefined && version >= MIN_VERSION) return { ...programs, version };
  }
  return undefined;
}

/** The PATH first, then Debian's folders with the newest version first. */
export function foldersToSearch(path = process.env.PATH ?? '', debianRoot = DEBIAN_ROOT): string[] {
  const versions = existsSync(debianRoot) ? readdirSync(debianRoot).filter((name) => /^\d+$/.test(name)) : [];
  const newestFirst = versions.sort((left, right) => Number(right) - Number(left));
  return [...path.split(delimiter).filter(Boolean), ...newestFirst.map((version) => join(debianRoot, version, 'bin'))];
}

/** `postgres (PostgreSQL) 15.8 (Debian …)` is 15. */
function versionOf(postgres: string): number | undefined {
  const { stdout } = spawnSync(postgres, ['--version'], { encoding: 'utf8', timeout: ASK_TIMEOUT_MS });
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}
