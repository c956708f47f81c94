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
const HOST_PATTERN = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{0,5}))?$/;

/** What a `Host` says, the name as a browser writes it. Undefined for what is no host. */
export function hostParts(shown: string): { name: string; port: number | undefined } | undefined {
  const [, ipv6, plain = '', digits = ''] = HOST_PATTERN.exec(shown.toLowerCase()) ?? [];
  const port = digits === '' ? undefined : Number(digits);
  if (ipv6 !== undefined) {
    return isIP(ipv6) === 6 ? { name: new URL(`http://[${ipv6}]`).hostname.slice(1, -1), port } : undefined;
  }
  const name = withoutDot(plain);
  return name === '' ? undefined : { name, port };
}

/** The names that whoever runs this server gave it. */
export function namesOf({ publicUrl, host, allowedHosts = [] }: OwnHostOptions): ReadonlySet<string> {
  const named = new Set([...allowedHosts, ...(host && isIP(host) === 0 ? [host] : [])].map(withoutDot));
  if (publicUrl !== undefined) named.add(withoutDot(new URL(publicUrl).hostname));
  return named;
}

/**
 * Whether a request with this `Host` is for this server: loopback names and IP addresses always are, since nobody can point
 * them elsewhere; any port. Whoever sends none is no browser.
 *
 * @example
 * const isOwn = ownHost({ publicUrl: 'https://pool.example' });
 * isOwn('pool.example:8443'); // true
 */
export function ownHost(options: OwnHostOptions): (shown: string | undefined) => boolean {
  const named = namesOf(options);
  return (shown) => {
    if (shown === undefined) return true;
    const name = hostParts(shown)?.name;
    if (name === undefined) return false;
    return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || named.has(name);
  };
}

/** A name that ends in a dot is the same name (RFC 1034, 3.1). */
const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '');
