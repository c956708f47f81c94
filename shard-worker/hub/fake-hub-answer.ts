// How the fake hub answers for one file: ranges, headers, and the faults that it was told to show. Node only.
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

/** Ways to be a bad server. Counters (`times`) go down as they are used. */
export interface FakeHubFaults {
  /** Drops the connection after so many body bytes, for the next `times` answers. */
  breakBody?: { afterBytes: number; times: number };
  /** Answers with a status instead of bytes, for the next `times` requests. */
  refuse?: { status: number; times: number; retryAfter?: string; on?: 'hub' | 'cdn' };
  /** Answers 200 with the whole file to any Range. */
  ignoreRange?: boolean;
  /** With `ignoreRange`: neither Content-Length nor another hint at the size. */
  hideSize?: boolean;
  contentRange?: 'shifted' | 'shorter' | 'other-size' | 'hidden';
  /** No connection brings a byte at or past this file offset. */
  truncateAtByte?: number;
  /** Goes silent after so many body bytes and keeps the connection open, for the next `times` answers. */
  stallBody?: { afterBytes: number; times: number };
  bytesPerSecond?: number;
  /** Compresses bodies, with no Content-Length and no regard for what the request accepts. */
  gzip?: boolean;
  /** Another ETag with each answer, as for a file that is replaced while it is read. */
  changingEtag?: boolean;
}

export interface ServedFile {
  absolutePath: string;
  size: number;
  /** Lower-case hex; what the hub gives as ETag of large files. */
  sha256: string;
}

const CHUNK_BYTES = 16 * 1024;
let etagSerial = 0;

/**
 * Sends the asked range, or the whole file, or what the faults say.
 *
 * @param onServed gets the number of body bytes each time some are about to be handed to the connection.
 */
export async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  faults: FakeHubFaults,
  onServed: (bytes: number) => void,
): Promise<void> {
  const asked = faults.ignoreRange ? undefined : parseRange(request.headers.range);
  response.setHeader('ETag', faults.changingEtag ? `"${file.sha256}-${etagSerial++}"` : `"${file.sha256}"`);
  response.setHeader('Content-Type', 'application/octet-stream');
  if (!faults.ignoreRange) response.setHeader('Accept-Ranges', 'bytes');
  if (asked && asked.start >= file.size) {
    response.writeHead(416, { 'Content-Range': `bytes */${file.size}` }).end();
    return;
  }
  const start = asked?.start ?? 0;
  const end = Math.min(asked?.end ?? file.size, file.size);
  if (asked && faults.contentRange !== 'hidden')
    response.setHeader('Content-Range', contentRange(start, end, file, faults));
  response.statusCode = asked ? 206 : 200;
  if (faults.gzip) response.setHeader('Content-Encoding', 'gzip');
  if (!faults.gzip && !faults.hideSize) response.setHeader('Content-Length', end - start);
  if (request.method === 'HEAD' || end === start) {
    response.end();
    return;
  }
  if (faults.gzip) {
    const source = createReadStream(file.absolutePath, { start, end: end - 1 });
    source.on('data', (chunk) => onServed(chunk.length));
    await pipeline(source, createGzip(), response).catch(() => response.destroy());
    return;
  }
  await sendBytes(response, file.absolutePath, start, end, faults, onServed);
}

async function sendBytes(
  response: ServerResponse,
  path: string,
  start: number,
  end: number,
  faults: FakeHubFaults,
  onServed: (bytes: number) => void,
): Promise<void> {
  const breakBody = faults.breakBody && faults.breakBody.times > 0 ? faults.breakBody : undefined;
  if (breakBody) breakBody.times -= 1;
  const truncation = (faults.truncateAtByte ?? Number.POSITIVE_INFINITY) - start;
  const limit = Math.max(0, Math.min(breakBody?.afterBytes ?? Number.POSITIVE_INFINITY, truncation));
  const stallBody = faults.stallBody && faults.stallBody.times > 0 ? faults.stallBody : undefined;
  if (stallBody) stallBody.times -= 1;
  const stall = stallBody?.afterBytes ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  response.flushHeaders();
  for await (const data of createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES })) {
    const chunk = (data as Buffer).subarray(0, Math.min(limit, stall) - sent);
    if (response.destroyed) return;
    if (faults.bytesPerSecond) await delay((chunk.length / faults.bytesPerSecond) * 1000);
    // Counted before they go, so that who has received them finds them counted.
    onServed(chunk.length);
    await write(response, chunk);
    sent += chunk.length;
    if (sent >= stall) return;
    if (sent >= limit && sent < end - start) {
      response.destroy();
      return;
    }
  }
  response.end();
}

/** Resolves once the bytes are with the kernel, so that a drop right after does not lose them. */
function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (chunk.length === 0) return resolve();
    // A peer that went away fails the write; the loop then sees a destroyed response.
    response.write(chunk, () => resolve());
  });
}

/** One range with a start, which is all that our clients send. */
function parseRange(header: string | undefined): { start: number; end: number | undefined } | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  return { start: Number(match[1]), end: match[2] ? Number(match[2]) + 1 : undefined };
}

function contentRange(start: number, end: number, file: ServedFile, faults: FakeHubFaults): string {
  if (faults.contentRange === 'shifted') return `bytes ${start + 1}-${end - 1}/${file.size}`;
  if (faults.contentRange === 'shorter') return `bytes ${start}-${end - 2}/${file.size}`;
  if (faults.contentRange === 'other-size') return `bytes ${start}-${end - 1}/${file.size + 7}`;
  return `bytes ${start}-${end - 1}/${file.size}`;
}
