// Reads something of the server for a component, again on demand and, if wanted, at a pace: a slower one while the server is away.
// Keeps the last good value.
import { useCallback, useEffect, useRef, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import type { ServerAway } from '../../shard-worker/index.ts';
import { type ShownError, showError } from './show-error.ts';

export interface Remote<T> {
  value?: T;
  error?: ShownError;
  /** It is read at a pace, and the server does not answer. */
  away?: ServerAway;
  /** The first reading, or one after an error, is under way. */
  loading: boolean;
  reload(): void;
}

/** So many tries at the usual pace, then ever rarer ones. */
const QUICK_TRIES = 5;
const LONGEST_MS = 15_000;

/** Spread from half of it to one and a half: pages that lost the server together do not come back together. */
function awayPauseMs(everyMs: number, tries: number): number {
  const pauseMs = everyMs * 2 ** Math.max(0, tries - QUICK_TRIES);
  return Math.max(everyMs, Math.min(LONGEST_MS, pauseMs)) * (0.5 + Math.random());
}

/**
 * `read` is called anew whenever it changes: give it with `useCallback`, or a function of a module. With `everyMs` it
 * is called again that long after each answer, not while the page is hidden. A page that opens hidden is read once.
 */
export function useRemote<T>(read: ((signal: AbortSignal) => Promise<T>) | undefined, everyMs?: number): Remote<T> {
  const [state, setState] = useState<Omit<Remote<T>, 'reload'>>({ loading: true });
  const [attempt, setAttempt] = useState(0);
  const source = useRef(read);
  /** Since when the server is away. */
  const lost = useRef<number>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what reads again
  useEffect(() => {
    if (!read) return;
    const isOther = source.current !== read;
    source.current = read;
    if (isOther) lost.current = undefined;
    setState((last) => (isOther ? { loading: true } : { ...last, loading: last.value === undefined }));
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;
    const again = (pauseMs = everyMs) => {
      if (pauseMs === undefined || controller.signal.aborted) return;
      timer = setTimeout(() => (document.hidden ? again() : run()), pauseMs);
    };
    const fail = (cause: unknown): void => {
      const { code } = PoolError.from(cause);
      if (controller.signal.aborted || code === 'cancelled') {
        again();
        return;
      }
      const isAway = everyMs !== undefined && code === 'link-failed';
      const pauseMs = isAway ? awayPauseMs(everyMs, tries++) : everyMs;
      const nowMs = performance.now();
      const away = isAway ? { sinceMs: lost.current ?? nowMs, nextTryMs: nowMs + (pauseMs ?? 0) } : undefined;
      lost.current = away?.sinceMs;
      setState(({ away: _last, ...last }) => ({
        ...last,
        ...(away ? { away } : {}),
        error: showError(cause),
        loading: false,
      }));
      again(pauseMs);
    };
    const run = () => {
      read(controller.signal).then((value) => {
        lost.current = undefined;
        tries = 0;
        if (!controller.signal.aborted) setState({ value, loading: false });
        again();
      }, fail);
    };
    run();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [read, everyMs, attempt]);

  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...state, reload };
}
