// What a person may do with turns, as one object for as long as the page lives: a list is not drawn again because somebody writes.
import { useMemo, useRef } from 'react';
import type { TurnActs } from './message-list.tsx';

/** `now`: what each act does at this moment; undefined: nothing yet. */
export function useTurnActs(now: TurnActs | undefined): TurnActs {
  const latest = useRef(now);
  latest.current = now;
  return useMemo<TurnActs>(
    () => ({
      onRetry: (failed) => latest.current?.onRetry(failed),
      onRegenerate: (old) => latest.current?.onRegenerate(old),
      onEdit: (question) => latest.current?.onEdit(question),
    }),
    [],
  );
}
