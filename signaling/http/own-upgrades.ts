// Which pages may open a WebSocket here. A browser lets a page of any site open one, and says whose page it is: nobody else's page
// takes a seat on a server of this machine or this network. Who sends no `Origin` is no page.
import type { IncomingMessage } from 'node:http';
import type { TakeSocket } from './http-port.ts';
import { originOf, senderOf } from './same-origin.ts';

export interface OwnUpgradesOptions {
  publicUrl?: string | undefined;
  /** Origins whose pages may do so besides. `*` names nobody here. */
  listed: readonly string[];
}

/** Takes the sockets of own and listed pages, and of programs; refuses the others with 403. */
export function ownUpgrades(take: TakeSocket, { publicUrl, listed }: OwnUpgradesOptions): TakeSocket {
  const own = originOf(publicUrl);
  return (request, socket, head) => {
    const { origin } = request.headers;
    if (senderOf(handshakeOf(request), own) !== 'other' || (origin !== undefined && listed.includes(origin))) {
      take(request, socket, head);
      return;
    }
    const body = 'A page of another site may not join here. Whoever runs this server may list it: --cors-origins.';
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  };
}

/** What a handshake says of its page: `Origin` alone (RFC 6455, 10.2). */
const handshakeOf = ({ headers }: IncomingMessage): { get(name: string): string | null } => ({
  get: (name) => (name === 'origin' ? (headers.origin ?? null) : name === 'host' ? (headers.host ?? null) : null),
});
