// A database with all tables and no rows, kept beside the packages by whoever made one in memory: to make the next takes seconds of
// computing, to copy it less than one.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = new URL('../../node_modules/', import.meta.url);
const KEPT = fileURLToPath(new URL('.cache/computepool/', MODULES));
const PACKAGE = fileURLToPath(new URL('@electric-sql/pglite/package.json', MODULES));

/** What the copy is a copy of: this PGlite's database with these migrations. */
function nameOf(migrations: string): string {
  const hash = createHash('sha256').update((JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version);
  for (const name of readdirSync(migrations).sort()) {
    if (name.endsWith('.sql')) hash.update(`\0${name}\0`).update(readFileSync(join(migrations, name)));
  }
  return `empty-${hash.digest('hex').slice(0, 32)}.tar`;
}

/** What was kept for these migrations; undefined where nothing was, or where it cannot be read. */
export function readEmpty(migrations: string, folder = KEPT): Blob | undefined {
  try {
    return new Blob([readFileSync(join(folder, nameOf(migrations)))]);
  } catch {
    return undefined;
  }
}

/** Keeps it for whoever opens the next one. Where packages are nobody's to write to, each makes its own. */
export async function keepEmpty(migrations: string, dump: () => Promise<Blob>, folder = KEPT): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const half = join(folder, `.${randomBytes(8).toString('hex')}`);
    try {
      writeFileSync(half, Buffer.from(await (await dump()).arrayBuffer()), { mode: 0o600 });
      const name = nameOf(migrations);
      renameSync(half, join(folder, name));
      // What is left of earlier migrations, or of another PGlite: each is forty megabytes.
      for (const old of readdirSync(folder)) if (old.startsWith('empty-') && old !== name) rmSync(join(folder, old));
    } finally {
      rmSync(half, { force: true });
    }
  } catch {}
}
