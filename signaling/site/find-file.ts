// Maps a URL's path to a file below a folder, and to nothing outside of it.
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

export interface FoundFile {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
}

/**
 * The regular file that an encoded URL path names below `root`, or undefined. Each segment is decoded once; one that
 * is empty, `.`, `..`, or holds a separator or a zero byte is refused, and so is a link that leads out of `root`.
 */
export async function findFile(root: string, urlPath: string): Promise<FoundFile | undefined> {
  const segments = decodeSegments(urlPath);
  if (!segments) return undefined;
  try {
    const realRoot = await realpath(root);
    const path = await realpath(join(realRoot, ...segments));
    if (!path.startsWith(realRoot + sep)) return undefined;
    const stats = await stat(path);
    return stats.isFile() ? { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs } : undefined;
  } catch {
    // Absent, not readable, or a name longer than the file system takes: all the same to who asks.
    return undefined;
  }
}

function decodeSegments(urlPath: string): string[] | undefined {
  try {
    const segments = urlPath.replace(/^\//, '').split('/').map(decodeURIComponent);
    const isPlain = (segment: string): boolean => !['', '.', '..'].includes(segment) && !/[/\\\0]/.test(segment);
    return segments.every(isPlain) ? segments : undefined;
  } catch {
    return undefined;
  }
}
