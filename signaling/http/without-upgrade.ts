// Requests that offer to switch to a protocol that is not spoken here. Such an offer may be ignored (RFC 9110, 7.8): the
// request is answered as the ordinary HTTP/1.1 request that it is. Java's HttpClient offers h2c with every first request.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Hop-by-hop fields of the offer itself: they go with it (RFC 7540, 3.2.1). */
const OFFER_FIELDS = new Set(['upgrade', 'http2-settings']);

/** Whether the request asks for a WebSocket (RFC 6455, 4.1). */
export const offersWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade
    ?.toLowerCase()
    .split(',')
    .some((each) => each.trim() === 'websocket') ?? false;

/**
 * Gives the connection back to the server with the request at its head once more, less the offer. Node lets go of a
 * connection when it tells of an offer, for `upgrade` listeners to take it over; this undoes that, body and keep-alive
 * included.
 *
 * @param head what Node had read behind the request's fields.
 */
export function handleWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.unshift(Buffer.concat([Buffer.from(headOf(request), 'latin1'), head]));
  server.emit('connection', socket);
}

/** The request's line and fields as they came, byte for byte but for the offer. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const field = name.toLowerCase();
    if (OFFER_FIELDS.has(field)) continue;
    const kept = field === 'connection' ? withoutOffer(value) : value;
    if (kept !== '') lines.push(`${name}: ${kept}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const withoutOffer = (connection: string): string =>
  connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !OFFER_FIELDS.has(option.toLowerCase()))
    .join(', ');
