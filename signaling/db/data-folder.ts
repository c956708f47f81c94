// What may lie in a data directory: the files of the embedded database, the lock and keys. Touches nothing else of anybody.
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../config/usage-error.ts';
import { LOCK_FILE } from './lock-folder.ts';

/** There as soon as PostgreSQL has made a database in a folder. */
const MADE = 'PG_VERSION';

export const hasDatabase = (dataDir: string): boolean => existsSync(join(dataDir, MADE));

/** The key that seals secrets of the database. */
export const SEAL_KEY_FILE = 'seal.key';
/** What `--chain local` keeps: addresses, and a key that is everybody's. */
export const LOCAL_CHAIN_FOLDER = 'local-chain';
/** What `--tls` keeps: an authority and a certificate. */
export const TLS_FOLDER = 'tls';
/** PostgreSQL's own layout (its manual, "Database File Layout"). */
const OWN = /^(PG_VERSION|base|global|pg_\w+|pg_hba\.conf|pg_ident\.conf|postgresql(\.auto)?\.conf|postmaster\.\w+)$/;
/** Permissions of group and others. */
const OTHERS = 0o077;

/** Whether the users of a machine beside the owner may do something with a file. Windows keeps that elsewhere. */
export const isOpenToOthers = (mode: number): boolean => process.platform !== 'win32' && (mode & OTHERS) !== 0;

/** What file systems and their browsers put into any folder. */
const NOBODYS: ReadonlySet<string> = new Set(['lost+found', '.DS_Store']);

export const isNobodys = (name: string): boolean => NOBODYS.has(name);

/** Whether a name at the top of a data directory is one of its own. */
export const isOwn = (name: string): boolean =>
  OWN.test(name) ||
  [LOCK_FILE, SEAL_KEY_FILE].some((own) => name.startsWith(own)) ||
  [LOCAL_CHAIN_FOLDER, TLS_FOLDER].includes(name);

/** Throws `UsageError` for a folder of something else: whoever takes it closes it to others. One that is not there is fine. */
export function refuseForeign(dataDir: string): void {
  if (!statSync(dataDir, { throwIfNoEntry: false })?.isDirectory() || hasDatabase(dataDir)) return;
  const foreign = readdirSync(dataDir).find((name) => !isOwn(name) && !isNobodys(name));
  if (foreign === undefined) return;
  throw new UsageError(
    `The data directory ${dataDir} has other things in it (${foreign.slice(0, 80)}). Give an empty one: --data-dir PATH.`,
  );
}

/** PGlite unpacks a new database with files that anybody may write to, whatever the umask says. */
export function closeToOthers(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter(isOwn)) close(join(dataDir, name));
}

function close(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) for (const name of readdirSync(path)) close(join(path, name));
  else if (stat?.isFile() && stat.mode & OTHERS) chmodSync(path, 0o600);
}
