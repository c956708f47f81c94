// Reads something of the server for a component, again on demand and, if wanted, at a pace. Keeps the last good value.
import { useCallback, useEffect, useRef, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { type ShownError, showError } from './show-error.ts';

export interface Remote<T> {
  value?: T;
  error?: ShownError;
  /** The first reading, or one after an error, is under way. */
  loading: boolean;
  reload(): void;
}

/**
 * `read` is called anew whenever it changes: give it with `useCallback`, or a function of a module. With `everyMs` it
 * is called again that long after each answer, not while the page is hidden. A page that opens hidden is read once.
 */
export function useRemote<T>(read: ((signal: AbortSignal) => Promise<T>) | undefined, everyMs?: number): Remote<T> {
  const [state, setState] = useState<{ value?: T; error?: ShownError; loading: boolean }>({ loading: true });
  const [attempt, setAttempt] = useState(0);
  const source = useRef(read);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what reads again
  useEffect(() => {
    if (!read) return;
    const isOther = source.current !== read;
    source.current = read;
    setState((last) => (isOther ? { loading: true } : { ...last, loading: last.value === undefined }));
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      if (everyMs === undefined || controller.signal.aborted) return;
      timer = setTimeout(() => (document.hidden ? again() : run()), everyMs);
    };
    const run = () => {
      read(controller.signal)
        .then(
          (value) => !controller.signal.aborted && setState({ value, loading: false }),
          (cause: unknown) => {
            if (controller.signal.aborted || PoolError.from(cause).code === 'cancelled') return;
            setState((last) => ({ ...last, error: showError(cause), loading: false }));
          },
        )
        .finally(again);
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
