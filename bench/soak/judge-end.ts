// Whether an answer that failed failed for the reason that it gave: somebody had left, or nobody was there. Pure.

/** What was seen of a pool and its tabs, by `Date.now()`. */
export interface Seen {
  /** When a tab was closed. */
  leaves: readonly number[];
  /** Looks at the pool: whether a ring answered then. */
  looks: readonly { atMs: number; isReady: boolean }[];
}

export interface Ended {
  code: string;
  /** What whoever asked was told. */
  words: string;
  askedMs: number;
  endedMs: number;
}

/** A tab that is closed is missed a little later. */
const NOTICED_MS = 15_000;
/** Looks are as far apart. */
const LOOK_MS = 2_000;

const NOBODY: ReadonlySet<string> = new Set(['no-stages']);
const SOMEBODY_LEFT: ReadonlySet<string> = new Set([
  'stage-left',
  'link-failed',
  'lap-timeout',
  'epoch-stale',
  'session-lost',
]);

/** Codes that nothing here can be the reason of are never true. */
export function isTrue({ code, askedMs, endedMs }: Omit<Ended, 'words'>, { leaves, looks }: Seen): boolean {
  if (NOBODY.has(code)) {
    return looks.some(({ atMs, isReady }) => !isReady && atMs >= askedMs - LOOK_MS && atMs <= endedMs + LOOK_MS);
  }
  return SOMEBODY_LEFT.has(code) && leaves.some((atMs) => atMs >= askedMs - NOTICED_MS && atMs <= endedMs);
}
