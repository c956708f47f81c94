// Which network address a request is from: what limits are counted by. Believes no header that a client could write.
import { BlockList, isIP } from 'node:net';

/** The parts of Node's request that are looked at. */
export interface Incoming {
  socket: { remoteAddress?: string | undefined; localAddress?: string | undefined; localPort?: number | undefined };
  headers: Record<string, string | string[] | undefined>;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Headers that a proxy adds: a request with one did not begin on this machine, wherever its socket comes from. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * The client's address. With `trustedProxies` of n it is the n-th from the right in X-Forwarded-For: each proxy appends
 * who spoke to it, and what stands further left is the client's own claim.
 */
export function clientAddress({ socket, headers }: Incoming, trustedProxies = 0): string {
  const direct = plainAddress(socket.remoteAddress ?? '');
  if (trustedProxies === 0) return direct;
  const header = headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((one) => one.trim());
  const claimed = plainAddress(hops.at(-trustedProxies) ?? '');
  return isIP(claimed) ? claimed : direct;
}

/** What a limit is counted by: an IPv4 address, or the /64 of an IPv6 one, which a single host has whole. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address || 'unknown';
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}

/** Whether a process of this machine asks, and no proxy on it for somebody else. */
export function isLoopback({ socket, headers }: Incoming): boolean {
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return isLoopbackAddress(plainAddress(socket.remoteAddress ?? ''));
}

/** Whether only this machine can be meant; false for what is no IP address. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 mapped into IPv6 is IPv4; a zone is a matter of this machine. */
export const plainAddress = (address: string): string =>
  address
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '')
    .toLowerCase();

/** The Node request of a Hono context. Undefined where the app runs without a Node server, as in tests. */
export const incomingOf = (c: { env: unknown }): Incoming | undefined =>
  (c.env as { incoming?: Incoming } | undefined)?.incoming;
