// Entries of a tar archive (POSIX.1-1988, ustar) as they come: what PGlite writes, files and folders. Nothing of it touches a disk.

export interface TarEntry {
  path: string;
  isFolder: boolean;
  content: Buffer;
}

const BLOCK_BYTES = 512;
const text = (header: Buffer, start: number, end: number): string =>
  header.toString('utf8', start, end).replace(/\0.*$/s, '');
const octal = (header: Buffer, start: number, end: number): number => {
  const digits = text(header, start, end).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error('a number in its archive is none');
  return Number.parseInt(digits || '0', 8);
};

/** The bytes of a header sum up to what it says, with blanks where it says it. */
function checkSum(header: Buffer): void {
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at += 1) sum += at >= 148 && at < 156 ? 0x20 : header[at]!;
  if (sum !== octal(header, 148, 156)) throw new Error('its archive is damaged');
}

/** Throws `Error` for what is damaged, cut short, or something else than files and folders. */
export async function* readTar(bytes: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const take = blocksOf(bytes);
  for (;;) {
    const header = await take(BLOCK_BYTES);
    // Two empty blocks end it.
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = text(header, 156, 157) || '0';
    if (type !== '0' && type !== '5') throw new Error('its archive has something else than files and folders in it');
    const prefix = text(header, 257, 262) === 'ustar' ? text(header, 345, 500) : '';
    const name = text(header, 0, 100);
    const size = type === '5' ? 0 : octal(header, 124, 136);
    const padded = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    const content = (await take(padded)).subarray(0, size);
    yield { path: prefix === '' ? name : `${prefix}/${name}`, isFolder: type === '5', content };
  }
}

/** A reader of so many bytes at a time, whatever pieces they come in. */
function blocksOf(bytes: AsyncIterable<Buffer>): (count: number) => Promise<Buffer> {
  const pieces = bytes[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  return async (count) => {
    const parts = [left];
    let have = left.byteLength;
    while (have < count) {
      const { value, done } = await pieces.next();
      if (done) throw new Error('its archive is cut short');
      parts.push(value);
      have += value.byteLength;
    }
    const all = parts.length === 1 ? left : Buffer.concat(parts);
    left = all.subarray(count);
    return all.subarray(0, count);
  };
}
