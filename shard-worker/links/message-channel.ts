// The one thing that a link needs of what carries it.

/** What RTCDataChannel and a bridged port have in common. */
export interface MessageChannelLike {
  readonly bufferedAmount: number;
  send(message: Uint8Array<ArrayBuffer>): void;
  onMessage(listener: (message: Uint8Array) => void): void;
  /** Called whenever `bufferedAmount` has fallen to `bytes` or less. */
  onDrained(bytes: number, listener: () => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
