// Runs one thing at a time that a person asked for, and says how it goes: for buttons that call the server.
import { useCallback, useEffect, useRef, useState } from 'react';
import { type ShownError, showError } from './show-error.ts';

export interface Task {
  busy: boolean;
  error?: ShownError;
  /** Resolves to whether it went well; a second call while one runs does nothing. */
  run(work: () => Promise<void>): Promise<boolean>;
  /** Takes the error away; what runs goes on. */
  clear(): void;
}

export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; error?: ShownError }>({ busy: false });
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true });
    try {
      await work();
      if (mounted.current) setState({ busy: false });
      return true;
    } catch (cause) {
      if (mounted.current) setState({ busy: false, error: showError(cause) });
      return false;
    } finally {
      running.current = false;
    }
  }, []);

  const clear = useCallback(() => setState(({ busy }) => ({ busy })), []);
  return { ...state, run, clear };
}
