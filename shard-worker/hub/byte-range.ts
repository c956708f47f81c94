// Ranges of bytes in a file, checked before use, and the buffers that take them.
import { PoolError } from '../../protocol/errors.ts';

/** `length` bytes of a file from `offset`. */
export interface ByteRange {
  offset: number;
  length: number;
}

/**
 * Lets ranges within a file of `sizeBytes` pass.
 *
 * @throws PoolError `download-truncated` past the end, as the contract of `ByteSource` has it; `bad-request` for
 *   numbers that are no range.
 */
export function checkRange(range: ByteRange, sizeBytes: number, label: string): void {
  const { offset, length } = range;
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new PoolError('bad-request', `${offset}+${length} is not a range of bytes of ${label}.`);
  }
  if (offset + length > sizeBytes) {
    throw new PoolError('download-truncated', `Bytes ${offset}+${length} are past the ${sizeBytes} of ${label}.`);
  }
}

/** @throws PoolError `out-of-memory` where the engine refuses the buffer. */
export function allocate(lengthBytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(lengthBytes);
  } catch (cause) {
    throw new PoolError('out-of-memory', `There is no memory for ${lengthBytes} bytes of weights.`, { cause });
  }
}
