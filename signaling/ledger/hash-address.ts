// What is kept of a network address: a hash that is another one every day. Pure.
import { createHash } from 'node:crypto';

/** The day of UTC, `YYYY-MM-DD`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/**
 * SHA-256 of day, purpose and address, 64 hex characters. Two days, or two tables, cannot be joined by it, and nobody reads
 * addresses off the table. It is no secret from whoever has the database and tries all four thousand million IPv4 addresses: that is why
 * rows are deleted when their day is over.
 */
export function hashAddress(address: string, day: string, purpose: 'join' | 'pool' | 'sponsor' = 'join'): string {
  return createHash('sha256')
    .update(`computepool-${purpose}:${day}:${networkOf(address)}`)
    .digest('hex');
}

/** An IPv6 subscriber has at least a /64 of addresses (RFC 6177), so that all of it counts as one. */
export function networkOf(address: string): string {
  const plain = address.toLowerCase().replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (mapped) return mapped[1]!;
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
