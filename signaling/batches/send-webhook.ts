// One POST to an address that a stranger chose. It can reach nothing inside: https only, every resolved address must be
// public, the connection goes to the address that was looked at, no redirect is followed, no answer is read.
import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { PoolError } from '../../protocol/errors.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export interface SendOptions {
  /** Also http, and loopback addresses: for tests and for receivers on the server's own machine. */
  allowLoopback: boolean;
  /** For all of it, from the name's look-up to the answer's headers. */
  timeoutMs: number;
  /** The system's resolver unless a test brings its own. */
  resolve?: (host: string) => Promise<string[]>;
}

const MAX_URL_CHARS = 2000;

/** What can be said without a look-up. Throws `bad-request` naming `webhook`. */
export function checkWebhookUrl(text: string, { allowLoopback }: Pick<SendOptions, 'allowLoopback'>): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused('is not a URL');
  }
  if (text.length > MAX_URL_CHARS) throw refused('is too long');
  if (url.protocol !== 'https:' && !(allowLoopback && url.protocol === 'http:')) throw refused('must be https');
  if (url.username || url.password) throw refused('may not have a user name or a password');
  const host = hostOf(url);
  if (isIP(host) && !isAllowed(host, url, allowLoopback)) throw refused('must be on the public internet');
  return url;
}

/**
 * Resolves to the status. Rejects with `bad-request` (never send there) or `link-failed` (try again later), with `isLate`
 * where the time was up.
 */
export async function sendWebhook(
  message: { url: string; body: string; headers: Record<string, string> },
  options: SendOptions,
): Promise<number> {
  const url = checkWebhookUrl(message.url, options);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const address = await orTimeout(pinAddress(url, options), deadline);
  const body = Buffer.from(message.body);
  const headers = { ...message.headers, 'content-type': 'application/json', 'content-length': String(body.byteLength) };
  // Whatever the name resolves to a moment later, the connection goes to what was checked.
  const lookup: LookupFunction = (_host, { all }, done) => {
    const family = isIP(address);
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, lookup, agent: false, signal: deadline }, (response) => {
      resolve(response.statusCode ?? 0);
      // What it says is of no interest, and may be endless.
      response.destroy();
    });
    sent.on('error', (cause) => {
      const failed = new PoolError('link-failed', 'The receiver could not be reached.', { cause });
      reject(deadline.aborted ? late() : failed);
    });
    sent.end(body);
  });
}

async function pinAddress(url: URL, options: SendOptions): Promise<string> {
  const host = hostOf(url);
  const resolve = options.resolve ?? systemResolve;
  const addresses = isIP(host)
    ? [host]
    : await resolve(host).catch((cause) => {
        throw new PoolError('link-failed', 'The receiver’s name was not found.', { cause });
      });
  const [first] = addresses;
  // All of them: a name with one public and one private address must not be a matter of luck.
  if (!first || !addresses.every((address) => isAllowed(address, url, options.allowLoopback))) {
    throw refused('must be on the public internet');
  }
  return first;
}

const systemResolve = async (host: string): Promise<string[]> =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

/** http goes to loopback alone. */
const isAllowed = (address: string, url: URL, allowLoopback: boolean): boolean =>
  (allowLoopback && isLoopbackAddress(address)) || (url.protocol === 'https:' && isPublicAddress(address));

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function orTimeout<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(late()));
    promise.then(resolve, reject);
  });
}

const late = (): PoolError => new PoolError('link-failed', 'The receiver took too long.', { data: { isLate: true } });

const refused = (why: string): PoolError =>
  new PoolError('bad-request', `The webhook's address ${why}.`, { data: { param: 'webhook' } });
