// Where the key comes from that seals the secrets in the database: a file or the environment, else a file beside the data
// that is made at the first need. Writes that file and no other.

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseLocation, SealKeyConfig } from '../config/config-types.ts';
import { decodeSealKey } from '../config/parse-value.ts';
import { UsageError } from '../config/usage-error.ts';
import { isOpenToOthers, SEAL_KEY_FILE } from '../db/data-folder.ts';
import type { Database } from '../db/open-database.ts';
import { createSeal, SEAL_KEY_BYTES, type Seal } from './create-seal.ts';

const HOW_TO_MAKE = 'openssl rand -base64 32';

/** Who is told what of key files. */
export interface SealNotes {
  /** A new key was written to it. */
  onMade?(path: string): void;
  /** Other users of this machine may read it, or may have until now. */
  onOpenToOthers?(path: string): void;
}

/**
 * Throws `UsageError` for a file without a key, and where a PostgreSQL server has the data and no key was given: what this
 * machine keeps in a folder may be gone at its next start, and every secret with it.
 */
export function openSeal(
  location: DatabaseLocation,
  { key, file, oldKey, oldFile }: SealKeyConfig = {},
  notes: SealNotes = {},
): Seal {
  const beside = 'dataDir' in location ? join(location.dataDir, SEAL_KEY_FILE) : undefined;
  const given = key === undefined ? (file === undefined ? undefined : readKey(file)) : decode(key);
  if (given === undefined && 'url' in location) {
    throw new UsageError(
      `With --database-url the secrets in the database are sealed with a key that you keep. Make one: ${HOW_TO_MAKE} >` +
        ' seal.key; then add --seal-key-file seal.key, or set COMPUTEPOOL_SEAL_KEY.',
    );
  }
  const old = [...(oldKey === undefined ? [] : [decode(oldKey)]), ...(oldFile === undefined ? [] : [readKey(oldFile)])];
  for (const path of [file, oldFile, given === undefined ? beside : undefined]) {
    const mode = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.mode;
    if (path !== undefined && mode !== undefined && isOpenToOthers(mode)) notes.onOpenToOthers?.(path);
  }
  return createSeal({
    old,
    current: given ?? (beside === undefined ? undefined : readKey(beside, { mayBeMissing: true })),
    makeCurrent() {
      const made = randomBytes(SEAL_KEY_BYTES);
      if (beside === undefined) return made;
      writeWhole(beside, `${made.toString('base64')}\n`);
      notes.onMade?.(beside);
      return made;
    },
  });
}

function readKey(path: string): Buffer;
function readKey(path: string, options: { mayBeMissing: true }): Buffer | undefined;
function readKey(path: string, { mayBeMissing = false } = {}): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && mayBeMissing) return undefined;
    const why = isMissing ? 'is not there' : 'cannot be read';
    throw new UsageError(
      `The key file ${path} ${why}. Correct its path, or make a new key: ${HOW_TO_MAKE} > ${path}.`,
      {
        cause,
      },
    );
  }
  const key = decodeSealKey(text.trim());
  if (!key)
    throw new UsageError(`The file ${path} must hold 32 bytes in base64 or hex, and nothing else: ${HOW_TO_MAKE}.`);
  return key;
}

/** Was looked at when the options were read. */
function decode(text: string): Buffer {
  const key = decodeSealKey(text);
  if (!key) throw new UsageError(`A seal key must be 32 bytes in base64 or hex: ${HOW_TO_MAKE}.`);
  return key;
}

/** On the disk before anything is sealed with it: a crash leaves no secret that nobody can open. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
  const folder = openSync(join(path, '..'), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

const inMemory = new WeakMap<Database, Seal>();

/** For a database that a program or a test opened itself: a key that is nowhere kept, the same as long as that lives. */
export function sealOfOpen(db: Database): Seal {
  const seal = inMemory.get(db) ?? openSeal({ memory: true });
  inMemory.set(db, seal);
  return seal;
}
