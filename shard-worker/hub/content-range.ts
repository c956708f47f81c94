// Reads the headers of a ranged answer (RFC 9110, sections 14.4 and 8.8.3). Pure.

/** `bytes start-end/total`, end included; `bytes *`+`/total` of a 416 has no start. */
export interface ContentRange {
  /** First byte, or undefined when the range was unsatisfiable. */
  start: number | undefined;
  /** One past the last byte: half-open, as everywhere in this repository. */
  end: number | undefined;
  /** Length of the whole file, or undefined where the server does not know it. */
  total: number | undefined;
}

/** @returns undefined when the header is missing or is not a byte range that makes sense. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const match = /^\s*bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)\s*$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, first, last, length] = match;
  const total = length === '*' ? undefined : Number(length);
  if (first === undefined || last === undefined) return { start: undefined, end: undefined, total };
  const start = Number(first);
  const end = Number(last) + 1;
  if (end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, total };
}

/** A length header as a whole number of bytes, or undefined. */
export function parseLength(header: string | null): number | undefined {
  return header !== null && /^\d{1,15}$/.test(header.trim()) ? Number(header) : undefined;
}

/** The ETag when it promises equal bytes. A weak one (`W/`) does not: servers keep it when they compress. */
export function strongEtag(header: string | null): string | undefined {
  return header !== null && /^"[\x21\x23-\x7e]{1,200}"$/.test(header) ? header.slice(1, -1) : undefined;
}

/** Whether the body is not the file's own bytes but a compressed form of them. */
export function isEncoded(header: string | null): boolean {
  return header !== null && header.trim() !== '' && header.trim().toLowerCase() !== 'identity';
}
