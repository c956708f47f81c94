// The words of a pulse, 16 bytes each: magic, kind, two bytes of 0, number (u32), the asker's clock in milliseconds (f64), all
// little endian. A pong gives number and clock back as they came.

const MAGIC = 0xb5;
const KINDS = { ping: 1, pong: 2 } as const;
const BYTES = 16;

export interface PulseWord {
  kind: keyof typeof KINDS;
  number: number;
  atMs: number;
}

export function encodePulse({ kind, number, atMs }: PulseWord): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(BYTES));
  view.setUint8(0, MAGIC);
  view.setUint8(1, KINDS[kind]);
  view.setUint32(4, number, true);
  view.setFloat64(8, atMs, true);
  return new Uint8Array(view.buffer);
}

/** Undefined for whatever else came. */
export function parsePulse(bytes: Uint8Array): PulseWord | undefined {
  if (bytes.byteLength !== BYTES || bytes[0] !== MAGIC) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const kind = view.getUint8(1) === KINDS.ping ? 'ping' : view.getUint8(1) === KINDS.pong ? 'pong' : undefined;
  return kind && { kind, number: view.getUint32(4, true), atMs: view.getFloat64(8, true) };
}
