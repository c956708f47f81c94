// How many WebSockets an address may open, at once and over time: one gate for control sockets, one for the broker's. A
// sweep of new identities costs an address, not us.
import type { Duplex } from 'node:stream';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import { addressKey } from '../http/client-address.ts';

export interface ConnectionGateOptions {
  /** Open at once from one address. A classroom behind one router is fine; so are the tabs of a test. */
  maxOpen?: number;
  /** New ones a minute from one address. */
  perMinute?: number;
}

const MAX_OPEN = 256;
const PER_MINUTE = 240;

export interface ConnectionGate {
  /** The way to say that it closed, or undefined: refuse it. Calling it again does nothing. */
  admit(address: string): (() => void) | undefined;
  readonly open: number;
}

export function createConnectionGate({
  maxOpen = MAX_OPEN,
  perMinute = PER_MINUTE,
}: ConnectionGateOptions = {}): ConnectionGate {
  const buckets = new KeyedBuckets({ perMinute, burst: perMinute });
  // Bounded by the sockets that are open.
  const openByKey = new Map<string, number>();
  let open = 0;
  return {
    get open() {
      return open;
    },
    admit(address) {
      const key = addressKey(address);
      const held = openByKey.get(key) ?? 0;
      if (held >= maxOpen || !buckets.take(key)) return undefined;
      openByKey.set(key, held + 1);
      open += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        open -= 1;
        const left = (openByKey.get(key) ?? 1) - 1;
        if (left === 0) openByKey.delete(key);
        else openByKey.set(key, left);
      };
    },
  };
}

/** Why a request for a WebSocket is one too many: of its address, or of all that the server takes. */
const REFUSALS = {
  address: ['429 Too Many Requests', 'Too many connections of this address at once. Come back in half a minute.'],
  server: ['503 Service Unavailable', 'The server has as many connections as it takes. Come back in half a minute.'],
} as const;

/** Answers it, and ends its socket. */
export function refuseSocket(socket: Duplex, why: keyof typeof REFUSALS): void {
  const [status, text] = REFUSALS[why];
  const fields = `Retry-After: 30\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${fields}\r\n\r\n${text}`);
}
