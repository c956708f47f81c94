// One ranged GET: sends it, follows the hub to its CDN, and checks that what was answered is what was asked.
// Never reads the body and never retries: a failure that may pass is thrown as PassingFailure.
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { ByteMeter } from './byte-meter.ts';
import { isEncoded, parseContentRange, parseLength, strongEtag } from './content-range.ts';
import { PassingFailure, parseRetryAfter, type RetryPolicy } from './retry-policy.ts';

/** What is known of a remote file; filled in by the answers. */
export interface RemoteFile {
  /** The address that does not expire. */
  readonly url: string;
  /** How sentences name the file: "onnx/model.onnx of acme/tiny". */
  readonly label: string;
  /** Where the last redirect led: a signed address that serves ranges without asking the hub again, until it expires. */
  resolvedUrl: string | undefined;
  size: number | undefined;
  etag: string | undefined;
  lastModified: string | undefined;
  /** True once the server answered a range with the whole file. */
  ignoresRanges: boolean | undefined;
}

export interface Transport {
  fetch: typeof fetch;
  meter: ByteMeter;
  retry: RetryPolicy;
}

export interface RangeAnswer {
  response: Response;
  /** File offset of the first body byte: the asked one, or 0 from a server that ignores Range. */
  bodyOffset: number;
  /** The server ignored Range and sends the file from its start. */
  isWhole: boolean;
}

export function createRemoteFile(url: string, label: string, size?: number): RemoteFile {
  return {
    url,
    label,
    resolvedUrl: undefined,
    size,
    etag: undefined,
    lastModified: undefined,
    ignoresRanges: undefined,
  };
}

/**
 * Asks for bytes `[from, to)`. `to` may pass the end of a file whose size is not known yet.
 *
 * Range keeps the request CORS-simple, and makes browsers and Node send `Accept-Encoding: identity` (Fetch standard,
 * HTTP-network-or-cache fetch), which scripts may not set.
 *
 * @throws PassingFailure for what may pass; PoolError `model-not-found`, `integrity-failed`, `download-failed`.
 */
export async function requestRange(
  remote: RemoteFile,
  from: number,
  to: number,
  transport: Transport,
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const url = remote.resolvedUrl ?? remote.url;
  transport.meter.requests += 1;
  let response: Response;
  try {
    response = await transport.fetch(url, {
      headers: { Range: `bytes=${from}-${to - 1}` },
      mode: 'cors',
      credentials: 'omit',
      redirect: 'follow',
      // Ranges are kept by our own cache; the browser's would hold them a second time.
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    });
  } catch (cause) {
    // An expired address often answers without CORS headers, and Chromium refuses bodies in an encoding that was not
    // asked for: a script cannot tell either from a dead network.
    forgetResolved(remote, url);
    throw new PassingFailure(
      'download-failed',
      `The file ${remote.label} is out of reach, or not for this page to read.`,
      {
        cause,
        waitMs: waitForOriginal(remote, url),
      },
    );
  }
  try {
    const bodyOffset = acceptAnswer(remote, response, from, to);
    if (bodyOffset === undefined) throw refusal(remote, response, url, transport.retry);
    if (response.redirected) remote.resolvedUrl = response.url;
    return { response, bodyOffset, isWhole: response.status === 200 };
  } catch (error) {
    await response.body?.cancel().catch(() => undefined);
    throw error;
  }
}

/** @returns the file offset of the body, or undefined when the status is no answer with bytes. */
function acceptAnswer(remote: RemoteFile, response: Response, from: number, to: number): number | undefined {
  const { headers, status } = response;
  if (status === 206) {
    acceptRange(remote, headers, from, to);
  } else if (status === 200) {
    acceptWhole(remote, headers);
  } else if (status === 416) {
    // The one file without a first byte is the empty one.
    const total = parseContentRange(headers.get('content-range'))?.total;
    if (from > 0 || total !== 0 || (remote.size ?? 0) > 0) throw wrong(remote, 'is shorter than it should be', headers);
    remote.size = 0;
  } else {
    return undefined;
  }
  const etag = strongEtag(headers.get('etag'));
  if (etag !== undefined && remote.etag !== undefined && etag !== remote.etag) {
    throw wrong(remote, 'changed while it was read', headers);
  }
  remote.etag ??= etag;
  remote.lastModified ??= headers.get('last-modified') ?? undefined;
  remote.ignoresRanges = status === 200;
  return status === 206 ? from : 0;
}

function acceptRange(remote: RemoteFile, headers: Headers, from: number, to: number): void {
  if (isEncoded(headers.get('content-encoding'))) {
    // Ranges of a compressed form count its bytes, not the file's.
    throw new PoolError('download-failed', `The server compresses ranges of ${remote.label}.`);
  }
  const header = headers.get('content-range');
  if (header === null) {
    // Hidden by CORS. Enough is known when the size was given beforehand and the length fits.
    const length = parseLength(headers.get('content-length'));
    if (remote.size !== undefined && (length === undefined || length === Math.min(to, remote.size) - from)) return;
    throw new PoolError('download-failed', `The server of ${remote.label} does not show Content-Range to this page.`);
  }
  const range = parseContentRange(header);
  const size = range?.total ?? remote.size;
  if (size === undefined || range?.start !== from || range.end !== Math.min(to, size)) {
    throw wrong(remote, `was asked for bytes ${from}-${to - 1} and the server sent others`, headers);
  }
  learnSize(remote, size, headers);
}

/** A whole body still tells the size, unless it is compressed: then Content-Length counts other bytes. */
function acceptWhole(remote: RemoteFile, headers: Headers): void {
  const length = isEncoded(headers.get('content-encoding')) ? undefined : parseLength(headers.get('content-length'));
  const size = length ?? parseLength(headers.get('x-linked-size'));
  if (size !== undefined) learnSize(remote, size, headers);
}

function learnSize(remote: RemoteFile, size: number, headers: Headers): void {
  remote.size ??= size;
  if (remote.size !== size) throw wrong(remote, `has ${size} bytes where ${remote.size} were expected`, headers);
}

function wrong(remote: RemoteFile, what: string, headers: Headers): PoolError {
  const data = { contentRange: headers.get('content-range'), etag: headers.get('etag') };
  return new PoolError('integrity-failed', `The file ${remote.label} ${what}.`, { data });
}

/** What a status without bytes means: gone for good, asked too often, or worth another try. */
function refusal(remote: RemoteFile, response: Response, url: string, policy: RetryPolicy): Error {
  const { status, headers } = response;
  const data = { status, reason: headers.get('x-error-code') };
  const isDenied = status === 401 || status === 403 || status === 404 || status === 410;
  forgetResolved(remote, url);
  const fromCdn = url !== remote.url || (response.redirected && new URL(response.url).origin !== new URL(url).origin);
  if (fromCdn && (isDenied || status === 400)) {
    // Signed addresses expire; the hub gives a fresh one. A known one costs no wait, a fresh refused one does.
    return new PassingFailure('download-failed', `The CDN refused ${remote.label} with ${status}.`, {
      waitMs: waitForOriginal(remote, url),
    });
  }
  if (isDenied) {
    // The hub says 401 for repositories that do not exist, so as not to tell which are private.
    return new PoolError('model-not-found', `The hub has no file ${remote.label} (${status}).`, { data });
  }
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const code: ErrorCode = status === 429 ? 'rate-limited' : 'download-failed';
    const waitMs = parseRetryAfter(headers.get('retry-after'), policy, Date.now());
    return new PassingFailure(code, `The hub answered ${status} for ${remote.label}.`, { waitMs });
  }
  return new PoolError('download-failed', `The hub answered ${status} for ${remote.label}.`, { data });
}

/** Drops the resolved address, unless another request has already put a newer one in its place. */
function forgetResolved(remote: RemoteFile, url: string): void {
  if (remote.resolvedUrl === url) remote.resolvedUrl = undefined;
}

/** Going back from an expired address to the one that does not expire costs no wait. */
function waitForOriginal(remote: RemoteFile, url: string): number | undefined {
  return url === remote.url ? undefined : 0;
}
