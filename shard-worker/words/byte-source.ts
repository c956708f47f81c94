// Where the bytes of a model file come from: memory, OPFS or HTTP ranges. Owns the contract of an exact read;
// never knows what the bytes mean.
import { PoolError } from '../../protocol/errors.ts';

/** A file of known size that is read in ranges. */
export interface ByteSource {
  /** Bytes in the whole file. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset`.
   *
   * @throws PoolError `download-truncated` when the file ends before `offset + length`.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes that are already here. Reads are views, so callers must not write into them. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      const fits = offset >= 0 && length >= 0 && offset + length <= bytes.length;
      if (fits) return Promise.resolve(bytes.subarray(offset, offset + length));
      const message = `The file has ${bytes.length} bytes, but ${length} were asked for at ${offset}.`;
      return Promise.reject(new PoolError('download-truncated', message));
    },
  };
}
