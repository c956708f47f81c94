// Whether a text that somebody signed for the server at a host was signed for this one. Whoever hands on another server's
// challenge writes any `Host` it likes, so that header says nothing here: what this server was told that it is called does, and
// the two ends of the connection. Pure.
import { BlockList, isIP } from 'node:net';
import { type Incoming, isLoopback, plainAddress } from './client-address.ts';
import { hostParts, namesOf, type OwnHostOptions } from './own-host.ts';

export interface SignedHostOptions extends OwnHostOptions {
  /** Behind proxies the port that a browser dials is theirs. */
  trustedProxies?: number | undefined;
}

/** `host`: what the signer dialled, as a browser writes it. `from`: the request that brings the text. */
export type IsSignedForUs = (host: string, from: Incoming | undefined) => boolean;

/** Addresses that every private network may have (RFC 1918, 3927, 4193, 4291, 6598): alone they name nobody. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(net, prefix);
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** A browser leaves out the port of its scheme, and this server does not know which that was. */
const SCHEME_PORTS = [80, 443];

/**
 * Own is the host of `--public-url` as it stands; a listed name at the port that this server or that URL has; the very address
 * that the connection came to; and a loopback name on a connection from this machine.
 *
 * @example
 * const isSignedForUs = signedForUs({ publicUrl: 'https://pool.example' });
 * isSignedForUs('pool.example', request); // true, whoever brings it
 */
export function signedForUs({ trustedProxies = 0, ...options }: SignedHostOptions): IsSignedForUs {
  const named = namesOf(options);
  const publicUrl = options.publicUrl === undefined ? undefined : new URL(options.publicUrl);
  return (host, from) => {
    const { name, port } = hostParts(host) ?? {};
    if (name === undefined) return false;
    const isPublicPort = publicUrl !== undefined && port === portOf(publicUrl.port);
    if (name === nameOf(publicUrl) && isPublicPort) return true;
    const ports = port === undefined ? SCHEME_PORTS : [port];
    const isOwnPort = from?.socket.localPort !== undefined && ports.includes(from.socket.localPort);
    if (named.has(name) && (isOwnPort || isPublicPort || trustedProxies > 0)) return true;
    if (!from || !isOwnPort) return false;
    if (isLoopbackName(name)) return isLoopback(from);
    return isSame(name, from.socket.localAddress) && (!isPrivate(name) || isNear(from));
  };
}

const portOf = (text: string): number | undefined => (text === '' ? undefined : Number(text));

const nameOf = (url: URL | undefined): string | undefined => url && hostParts(url.host)?.name;

/** Also what stands for every address of a machine: a browser that dials it stays on its own. */
const isLoopbackName = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  ['0.0.0.0', '::'].includes(name) ||
  (isIP(name) !== 0 && isLoopback({ socket: { remoteAddress: name }, headers: {} }));

const isSame = (name: string, address: string | undefined): boolean => {
  const own = plainAddress(address ?? '');
  return isIP(own) !== 0 && hostParts(isIP(own) === 6 ? `[${own}]` : own)?.name === name;
};

const isPrivate = (address: string): boolean => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** From a private network, as far as the connection tells, or from this machine. */
function isNear({ socket }: Incoming): boolean {
  const remote = plainAddress(socket.remoteAddress ?? '');
  return isIP(remote) !== 0 && (isPrivate(remote) || isLoopback({ socket, headers: {} }));
}
