// Finds the compressed twins that the build wrote beside a file. Compresses nothing itself.
import { lstat } from 'node:fs/promises';
import { type Encoding, TWIN_ENDINGS } from './choose-encoding.ts';
import type { FoundFile } from './find-file.ts';

export type Twins = Partial<Record<Encoding, FoundFile>>;

/** One that is older than the file holds what the file was before, and a link may lead anywhere: neither is a twin. */
export async function findTwins(file: FoundFile): Promise<Twins> {
  const entries = Object.entries(TWIN_ENDINGS).map(async ([encoding, ending]) => {
    const path = file.path + ending;
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isFile() || stats.mtimeMs < file.modifiedMs) return [];
    return [[encoding, { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs }]];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}
