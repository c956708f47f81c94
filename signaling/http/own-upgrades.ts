// Who may open a WebSocket here. A browser lets a page of any site open one, and says whose page it is and by which name it asks:
// nobody else's page takes a seat on a server of this machine or this network. Who sends no `Origin` is no page.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TakeSocket } from './http-port.ts';
import { type OwnHostOptions, ownHost } from './own-host.ts';
import { HOST_REFUSED } from './require-own-host.ts';
import { originOf, senderOf } from './same-origin.ts';

export interface OwnUpgradesOptions extends OwnHostOptions {
  /** Origins whose pages may do so besides. `*` names nobody here. */
  listed: readonly string[];
}

const OTHER_SITE = 'A page of another site may not join here. Whoever runs this server may list it: --cors-origins.';

/** Takes the sockets of own and listed pages, and of programs; refuses other pages with 403, other names with 421. */
export function ownUpgrades(take: TakeSocket, { listed, ...options }: OwnUpgradesOptions): TakeSocket {
  const own = originOf(options.publicUrl);
  const isOwnHost = ownHost(options);
  return (request, socket, head) => {
    const { origin, host } = request.headers;
    if (!isOwnHost(host)) {
      refuse(socket, `${HOST_REFUSED.status} Misdirected Request`, HOST_REFUSED.text);
    } else if (senderOf(handshakeOf(request), own) !== 'other' || (origin !== undefined && listed.includes(origin))) {
      take(request, socket, head);
    } else {
      refuse(socket, '403 Forbidden', OTHER_SITE);
    }
  };
}

const refuse = (socket: Duplex, status: string, body: string): void =>
  void socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

/** What a handshake says of its page: `Origin` alone (RFC 6455, 10.2). */
const handshakeOf = ({ headers }: IncomingMessage): { get(name: string): string | null } => ({
  get: (name) => (name === 'origin' ? (headers.origin ?? null) : name === 'host' ? (headers.host ?? null) : null),
});
