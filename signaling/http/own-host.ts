// Under which names this server answers. A page of another site can give its own name the address of this machine (DNS
// rebinding), and would then be of one origin with whatever answers there; it cannot change the name that it asks for. Pure.
import { isIP } from 'node:net';

export interface OwnHostOptions {
  /** Where people reach the site, if that is named. */
  publicUrl?: string | undefined;
  /** What the server listens on: a name counts, too. */
  host?: string | undefined;
  /** Further names. */
  allowedHosts?: readonly string[] | undefined;
}

/** `name`, `name:port`, `[IPv6]` or `[IPv6]:port`. */
const HOST_PATTERN = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::\d{0,5})?$/;

/**
 * Whether a request with this `Host` is for this server: loopback names and IP addresses always are, since nobody can point
 * them elsewhere; any port. Whoever sends none is no browser.
 *
 * @example
 * const isOwn = ownHost({ publicUrl: 'https://pool.example' });
 * isOwn('pool.example:8443'); // true
 */
export function ownHost({
  publicUrl,
  host,
  allowedHosts = [],
}: OwnHostOptions): (shown: string | undefined) => boolean {
  const named = new Set([...allowedHosts, ...(host ? [host] : [])].map(withoutDot));
  if (publicUrl !== undefined) named.add(withoutDot(new URL(publicUrl).hostname));
  return (shown) => {
    if (shown === undefined) return true;
    const [, ipv6, name = ''] = HOST_PATTERN.exec(shown.toLowerCase()) ?? [];
    if (ipv6 !== undefined) return isIP(ipv6) === 6;
    const plain = withoutDot(name);
    return isIP(plain) === 4 || plain === 'localhost' || plain.endsWith('.localhost') || named.has(plain);
  };
}

/** A name that ends in a dot is the same name (RFC 1034, 3.1). */
const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '');
