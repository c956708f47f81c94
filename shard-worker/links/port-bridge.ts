// The wire between two workers of one page, over message ports: the page pumps what they say, and says `null` to both when either
// side closes. It sees each message pass, and may hold it on the way.

export interface Bridge {
  /** One end for each worker. */
  ends: [MessagePort, MessagePort];
  close(): void;
}

export interface BridgeWatch {
  /** A message has come from the end with that number; it goes on when the returned promise is there, at once where none is. */
  onMessage(from: 0 | 1, message: Uint8Array): Promise<void> | undefined;
}

export function makeBridge(watch?: BridgeWatch): Bridge {
  const [left, right] = [new MessageChannel(), new MessageChannel()];
  let isOpen = true;
  for (const [side, from, to] of [
    [0, left.port2, right.port2],
    [1, right.port2, left.port2],
  ] as const) {
    from.addEventListener('message', ({ data }: MessageEvent) => {
      if (!isOpen) return;
      const held = data === null ? undefined : watch?.onMessage(side, new Uint8Array(data));
      if (held) void held.then(() => isOpen && to.postMessage(data));
      else to.postMessage(data);
      if (data !== null) return;
      isOpen = false;
      from.postMessage(null);
    });
    from.start();
  }
  const ports = [left.port1, left.port2, right.port1, right.port2];
  return {
    ends: [left.port1, right.port1],
    close: () => {
      isOpen = false;
      for (const port of ports) port.close();
    },
  };
}
