// Answers with a file: type, encoding, ETag, conditional requests, ranges, and a body that is streamed and closed when the
// client goes away.
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { readByteRange } from './byte-range.ts';
import { chooseEncoding, type Encoding } from './choose-encoding.ts';
import type { FoundFile } from './find-file.ts';
import type { Twins } from './find-twins.ts';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.jinja': 'text/plain; charset=utf-8',
  // WebAssembly.compileStreaming refuses any other type.
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Strong enough for ranges: a file that is written anew gets another modification time, and each encoding has its own. */
const etagOf = ({ sizeBytes, modifiedMs }: FoundFile, encoding?: Encoding): string =>
  `"${sizeBytes.toString(16)}-${Math.floor(modifiedMs * 1000).toString(16)}${encoding ? `-${encoding}` : ''}"`;

export interface ServeFileOptions {
  cacheControl: string;
  /** 404 for the page that says so. Ranges and conditions are for 200 alone. */
  status?: 200 | 404;
  /** The same file in other encodings. */
  twins?: Twins;
}

/** 200, 206, 304 or 416, by RFC 9110. HEAD gives the headers of GET. */
export function serveFile(request: Request, plain: FoundFile, options: ServeFileOptions): Response {
  const { status = 200, twins = {} } = options;
  const encodings = Object.keys(twins) as Encoding[];
  // Ranges count the bytes of the plain file, whatever else the request would take.
  const encoding = request.headers.has('range')
    ? undefined
    : chooseEncoding(request.headers.get('accept-encoding'), encodings);
  const file = (encoding && twins[encoding]) ?? plain;
  const etag = etagOf(file, encoding);
  const headers = new Headers({
    'Content-Type': CONTENT_TYPES[extname(plain.path).toLowerCase()] ?? 'application/octet-stream',
    'Cache-Control': options.cacheControl,
    ETag: etag,
  });
  if (encodings.length > 0) headers.set('Vary', 'Accept-Encoding');
  if (!encoding) headers.set('Accept-Ranges', 'bytes');
  if (status === 200 && matches(request.headers.get('if-none-match'), etag))
    return new Response(null, { status: 304, headers });
  if (encoding) headers.set('Content-Encoding', encoding);
  const ifRange = request.headers.get('if-range');
  const wantsRange = status === 200 && request.method === 'GET' && (ifRange === null || ifRange === etag);
  const range = wantsRange ? readByteRange(request.headers.get('range') ?? undefined, file.sizeBytes) : 'whole';
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${file.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range;
  headers.set('Content-Length', String(end - start));
  if (range !== 'whole') headers.set('Content-Range', `bytes ${start}-${end - 1}/${file.sizeBytes}`);
  const body = request.method === 'HEAD' || end === start ? null : streamOf(file.path, start, end);
  return new Response(body, { status: range === 'whole' ? status : 206, headers });
}

const matches = (ifNoneMatch: string | null, etag: string): boolean =>
  ifNoneMatch?.split(',').some((candidate) => ['*', etag, `W/${etag}`].includes(candidate.trim())) ?? false;

const streamOf = (path: string, start: number, end: number): ReadableStream<Uint8Array> =>
  Readable.toWeb(createReadStream(path, { start, end: end - 1 })) as ReadableStream<Uint8Array>;
