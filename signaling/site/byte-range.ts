// Reads a Range header (RFC 9110, section 14). Pure. One range only: several would need multipart answers, which no
// client of ours asks for, and the RFC lets a server answer those with the whole file.

/** `[start, end)` of a file, `whole` to ignore the header, or `unsatisfiable` (416). */
export type ByteRange = { start: number; end: number } | 'whole' | 'unsatisfiable';

export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const suffixBytes = Number(last);
    if (suffixBytes === 0 || sizeBytes === 0) return 'unsatisfiable';
    return { start: Math.max(0, sizeBytes - suffixBytes), end: sizeBytes };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
}
