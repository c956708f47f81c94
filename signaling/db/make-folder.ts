// A folder for the database, nobody else's to look into, and those on the way to it.
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Throws Node's error, of the first folder that cannot be made. Step by step: where a file system has no room for folders
 * (Linux's /proc), `mkdirSync` with `recursive` tries for ever, and no signal is heard meanwhile.
 */
export function makeFolder(path: string): void {
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(path)) {
      throw new Error('it is a link to nothing');
    }
    // Another server made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
