// What the pages between two workers do, over real message ports: pump bytes, and say `null` to both when either side closes.
// Used by tests only.

export interface Bridge {
  /** One end for each worker. */
  ends: [MessagePort, MessagePort];
  close(): void;
}

export function makeBridge(): Bridge {
  const [left, right] = [new MessageChannel(), new MessageChannel()];
  let isOpen = true;
  for (const [from, to] of [
    [left.port2, right.port2],
    [right.port2, left.port2],
  ] as const) {
    from.addEventListener('message', (event: MessageEvent) => {
      if (!isOpen) return;
      to.postMessage(event.data);
      if (event.data !== null) return;
      isOpen = false;
      from.postMessage(null);
    });
    from.start();
  }
  const ports = [left.port1, left.port2, right.port1, right.port2];
  return {
    ends: [left.port1, right.port1],
    close: () => {
      for (const port of ports) port.close();
    },
  };
}
