// The standard WebSocket as a peer's socket.
import type { HostSocket } from './host.ts';

export function openSocket(url: string): HostSocket {
  const socket = new WebSocket(url);
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
    onMessage: (listener) => socket.addEventListener('message', ({ data }) => listener(String(data))),
    onClose: (listener) => socket.addEventListener('close', () => listener()),
  };
}
