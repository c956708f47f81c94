// A backup made into a data directory again: unpacks the archive that `dump` wrote. Writes into an empty folder that this process has,
// nothing outside of it, and leaves nothing where it fails.
import { createReadStream, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { UsageError } from '../config/usage-error.ts';
import { isNobodys, isOwn } from './data-folder.ts';
import { LOCK_FILE } from './lock-folder.ts';
import { readTar } from './read-tar.ts';

/** Written last: a folder that has it is a database. */
const LAST = 'PG_VERSION';
/** Who held the folder that was copied holds this one not. */
const isHolder = (name: string): boolean => name.startsWith(LOCK_FILE) || name.startsWith('postmaster.');

/** Throws `UsageError` where the folder is not empty, and for a file that is no backup. */
export async function restoreFolder(file: string, dataDir: string): Promise<void> {
  const there = readdirSync(dataDir).find((name) => !name.startsWith(LOCK_FILE) && !isNobodys(name));
  if (there !== undefined) {
    throw new UsageError(
      `--restore needs an empty data directory, and ${dataDir} has something in it (${there.slice(0, 80)}). Give another one: --data-dir PATH; or start without --restore.`,
    );
  }
  const made = new Set<string>();
  try {
    const version = await unpack(file, dataDir, made);
    if (!version || !made.has('base') || !made.has('global')) throw new Error('it is no backup of a database');
    writeFileSync(join(dataDir, LAST), version, { mode: 0o600 });
  } catch (thrown) {
    for (const name of made) rmSync(join(dataDir, name), { recursive: true, force: true });
    const why = thrown instanceof Error ? thrown.message : 'it cannot be read';
    throw new UsageError(`The backup ${file} cannot be brought back: ${why.slice(0, 200)}.`, { cause: thrown });
  }
}

/** @param made names at the top of the folder that were written. Gives the text of the file that is written last. */
async function unpack(file: string, dataDir: string, made: Set<string>): Promise<Buffer | undefined> {
  let version: Buffer | undefined;
  const bytes = createReadStream(file).on('error', (error) => unzipped.destroy(error));
  const unzipped = bytes.pipe(createGunzip());
  for await (const { path, isFolder, content } of readTar(unzipped)) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    const [top] = parts;
    if (top === undefined || isHolder(top)) continue;
    // Nothing is written but what a data directory has, and nothing beside it.
    if (parts.includes('..') || !isOwn(top)) throw new Error(`it has something else in it (${path.slice(0, 80)})`);
    const target = join(dataDir, ...parts);
    if (parts.length === 1 && top === LAST) {
      version = content;
      continue;
    }
    made.add(top);
    mkdirSync(isFolder ? target : dirname(target), { recursive: true, mode: 0o700 });
    if (!isFolder) writeFileSync(target, content, { mode: 0o600 });
  }
  return version;
}
