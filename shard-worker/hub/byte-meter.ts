// Counts what a download cost. Says nothing about what the bytes were; never reset by the code that fills it.

/** Bytes as the reader of bodies saw them: with a server that ignores Range, skipped bytes are counted too. */
export interface ByteMeter {
  networkBytes: number;
  cachedBytes: number;
  /** HTTP requests begun, failed ones and retries included; a redirect followed by fetch is not one more. */
  requests: number;
}

export function createByteMeter(): ByteMeter {
  return { networkBytes: 0, cachedBytes: 0, requests: 0 };
}
