// Turns the weights that a slice wants into the ranges to fetch: which bytes of which file go where. Pure.

import { PoolError } from '../../protocol/errors.ts';
import type { BlobPart, WeightBlob } from '../words/weight-blob.ts';
import type { ByteRange } from './byte-range.ts';

/** Part of a window that goes into a blob; `from` is in the window, `to` in the blob. */
interface WindowCopy {
  location: string;
  from: number;
  to: number;
  length: number;
}

/** One range to fetch and where its bytes go. */
export interface FetchWindow extends ByteRange {
  copies: WindowCopy[];
}

/** 16 MB: large enough that a request's round trip is small beside it, small enough to hold four and to redo one. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Plans the fetches: parts that touch or overlap become one run, and runs are cut where the file offset is a
 * multiple of `windowBytes`. Cutting there, and not every so many bytes from a run's start, makes two slices of one
 * model ask for mostly the same ranges, so that a stage that takes over other layers finds its old ones in the cache.
 * No byte is fetched that is not needed, and none twice.
 *
 * @returns windows per file, ascending.
 * @throws PoolError `model-unsupported` when a part lies outside its blob or is not a range.
 */
export function planFetches(blobs: readonly WeightBlob[], windowBytes = WINDOW_BYTES): Map<string, FetchWindow[]> {
  const partsByFile = new Map<string, (BlobPart & { location: string })[]>();
  for (const blob of blobs) {
    for (const part of blob.parts) {
      checkPart(blob, part);
      if (part.length === 0) continue;
      const parts = partsByFile.get(part.file) ?? [];
      parts.push({ ...part, location: blob.location });
      partsByFile.set(part.file, parts);
    }
  }
  return new Map([...partsByFile].map(([file, parts]) => [file, planFile(parts, windowBytes)]));
}

function planFile(parts: (BlobPart & { location: string })[], windowBytes: number): FetchWindow[] {
  parts.sort((left, right) => left.offset - right.offset);
  const windows = mergeRuns(parts).flatMap((run) => cutRun(run, windowBytes));
  let first = 0;
  for (const part of parts) {
    const partEnd = part.offset + part.length;
    // Parts ascend, so windows that end before this one begins are of no use to later ones either.
    while (windowEnd(windows[first]) <= part.offset) first += 1;
    for (let index = first; index < windows.length; index += 1) {
      const window = windows[index];
      if (!window || window.offset >= partEnd) break;
      const start = Math.max(part.offset, window.offset);
      const end = Math.min(partEnd, windowEnd(window));
      window.copies.push({
        location: part.location,
        from: start - window.offset,
        to: part.blobOffset + start - part.offset,
        length: end - start,
      });
    }
  }
  return windows;
}

function mergeRuns(parts: readonly ByteRange[]): ByteRange[] {
  const runs: ByteRange[] = [];
  for (const { offset, length } of parts) {
    const last = runs.at(-1);
    if (last && offset <= last.offset + last.length) {
      last.length = Math.max(last.length, offset + length - last.offset);
    } else {
      runs.push({ offset, length });
    }
  }
  return runs;
}

function cutRun(run: ByteRange, windowBytes: number): FetchWindow[] {
  const windows: FetchWindow[] = [];
  const end = run.offset + run.length;
  for (let offset = run.offset; offset < end; ) {
    const next = Math.min(end, (Math.floor(offset / windowBytes) + 1) * windowBytes);
    windows.push({ offset, length: next - offset, copies: [] });
    offset = next;
  }
  return windows;
}

function windowEnd(window: FetchWindow | undefined): number {
  return window ? window.offset + window.length : Number.POSITIVE_INFINITY;
}

/** The graph is a downloaded file: its numbers are hostile until checked. */
function checkPart(blob: WeightBlob, part: BlobPart): void {
  const numbers = [part.offset, part.length, part.blobOffset, blob.size];
  const areWhole = numbers.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!areWhole || !Number.isSafeInteger(part.offset + part.length) || part.blobOffset + part.length > blob.size) {
    throw new PoolError('model-unsupported', `The weight ${part.tensor} does not fit into its blob ${blob.location}.`);
  }
}
