// One port for two protocols: whoever begins with a TLS handshake is spoken to over TLS, whoever begins with anything else
// over plain HTTP, so that a device which knows the address alone is told what to do. Decides nothing else.
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';

export interface TlsFrontOptions {
  /** Key and certificate as PEM. */
  certificate: string;
  /** The handshake is done. */
  onSecure(socket: TLSSocket): void;
  /** It spoke plainly; what it said is still to be read. */
  onPlain(socket: Socket): void;
  /** False: this address has too many already, and it is closed. */
  mayCome(socket: Socket): boolean;
  /** It is handed over, or gone. */
  onGone(socket: Socket): void;
  /** Whoever says nothing for so long, or does not finish a handshake, is closed. */
  silentMs: number;
}

export interface TlsFront {
  readonly server: Server;
  /** For connections from now on. */
  renew(certificate: string): void;
  /** Ends all that are not handed over yet. */
  end(): void;
}

/** The first byte of a TLS record that opens a handshake (RFC 8446, 5.1). No method of HTTP begins with it. */
const HANDSHAKE = 22;

/** What older versions lack; every browser that has WebGPU or Ed25519 speaks these. */
const MIN_VERSION = 'TLSv1.2';

export function createTlsFront({ certificate, silentMs, ...options }: TlsFrontOptions): TlsFront {
  /** Those whose handshake is under way, by their far end: the socket that comes out of it is another object. */
  const shaking = new Map<string, Socket>();
  const waiting = new Set<Socket>();
  const tls = createTlsServer({
    ...{ key: certificate, cert: certificate, minVersion: MIN_VERSION, handshakeTimeout: silentMs },
    ALPNProtocols: ['http/1.1'],
  });
  tls.on('secureConnection', (socket) => {
    const raw = shaking.get(endOf(socket));
    if (raw) letGo(raw);
    options.onSecure(socket);
  });
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  const letGo = (raw: Socket): void => {
    if (!waiting.delete(raw)) return;
    if (shaking.get(endOf(raw)) === raw) shaking.delete(endOf(raw));
    options.onGone(raw);
  };
  const server = createServer((raw) => {
    if (!options.mayCome(raw)) {
      raw.destroy();
      return;
    }
    waiting.add(raw);
    const place = endOf(raw);
    const destroy = (): void => void raw.destroy();
    const timer = setTimeout(destroy, silentMs);
    raw.on('error', destroy);
    raw.once('close', () => {
      clearTimeout(timer);
      if (shaking.get(place) === raw) shaking.delete(place);
      letGo(raw);
    });
    raw.once('data', (first) => {
      clearTimeout(timer);
      raw.pause();
      raw.unshift(first);
      if (first[0] === HANDSHAKE) {
        shaking.set(place, raw);
        tls.emit('connection', raw);
      } else {
        letGo(raw);
        raw.off('error', destroy);
        options.onPlain(raw);
        raw.resume();
      }
    });
  });
  return {
    server,
    renew: (next) => tls.setSecureContext({ key: next, cert: next, minVersion: MIN_VERSION }),
    end() {
      for (const raw of waiting) raw.destroy();
    },
  };
}

const endOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  `${remoteAddress} ${remotePort}`;
