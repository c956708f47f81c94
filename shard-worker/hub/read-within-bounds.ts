// Reads of a stranger's repository that stop at a bound of time and of bytes, and are led nowhere inside the reader's own
// network. Says nothing of what is read.
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { ModelSource } from '../words/model-source.ts';
import { type ByteMeter, createByteMeter } from './byte-meter.ts';
import type { FetchOptions } from './hub-file.ts';
import { hubBase } from './hub-location.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface BoundedRead {
  model: ModelRef;
  /** Absolute; nothing else is asked but where it redirects to. */
  hubUrl: string;
  /** The list with hashes, for the site's own models. */
  indexUrl?: string | undefined;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
  /** Default 60 s. */
  timeoutMs?: number | undefined;
  /** Over the network, everything together. Default 96 MB: the largest graph that is read at all is 64 MB. */
  maxBytes?: number | undefined;
  retry?: RetryPolicy | undefined;
}

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 96 * 1024 * 1024;
const MAX_REDIRECTS = 5;

/** @throws PoolError `download-failed` past the time, `too-large` past the bytes, `cancelled` by the signal, and what `read` throws. */
export async function readWithinBounds<T>(
  options: BoundedRead,
  read: (source: ModelSource, bounds: FetchOptions) => Promise<T>,
): Promise<T> {
  const { model, hubUrl, indexUrl, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const stop = new AbortController();
  const timer = setTimeout(() => {
    const message = `${model.repo} was not read within ${timeoutMs} ms.`;
    stop.abort(new PoolError('download-failed', message));
  }, timeoutMs);
  const bounds: FetchOptions = {
    fetch: followCarefully(options.fetch ?? fetch, hubUrl),
    meter: meterUpTo(maxBytes, () => {
      stop.abort(new PoolError('too-large', `${model.repo} takes more than ${maxBytes} bytes to read.`));
    }),
    signal: options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal,
    ...(options.retry ? { retry: options.retry } : {}),
  };
  try {
    return await read({ model, hubUrl, ...(indexUrl ? { indexUrl } : {}) }, bounds);
  } finally {
    clearTimeout(timer);
    // Whatever is still guessed ahead of the cursor is not wanted any more.
    stop.abort();
  }
}

/** A meter that says once when it has counted too much. */
function meterUpTo(maxBytes: number, onTooMuch: () => void): ByteMeter {
  const meter = createByteMeter();
  let counted = 0;
  return Object.defineProperty(meter, 'networkBytes', {
    get: () => counted,
    set(bytes: number) {
      counted = bytes;
      if (counted > maxBytes) onTooMuch();
    },
  });
}

/**
 * Follows redirects, as hubs make them to their CDN, but only to named hosts over https: an answer must not send this
 * server to an address inside its own network. A hub that is itself plain http or on loopback may do what it likes.
 */
function followCarefully(inner: typeof fetch, hubUrl: string): typeof fetch {
  const isOpen = !isPublicWeb(new URL(hubBase(hubUrl)));
  return async (input, init) => {
    let url = new URL(String(input));
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await inner(url.href, { ...init, redirect: 'manual' });
      const target = response.status >= 300 && response.status < 400 && response.headers.get('location');
      if (!target) {
        // The reader goes on at the address that it was led to, so it must be told.
        return redirects === 0
          ? response
          : Object.defineProperties(response, { redirected: { value: true }, url: { value: url.href } });
      }
      await response.body?.cancel();
      url = new URL(target, url);
      if (!isOpen && !isPublicWeb(url)) break;
    }
    throw new PoolError('download-failed', 'The hub led to an address that is not followed.');
  };
}

/** https and a name with a dot: neither an address in digits nor a machine of the local network. */
const isPublicWeb = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' && /[a-z]/i.test(hostname.split('.').at(-1) ?? '') && /^[^:[\]]+\.[^.:]+$/.test(hostname);
