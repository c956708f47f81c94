// A page's watch on what its worker runs for a stranger: a model's tokenizer and chat template are programs of whoever wrote the
// model, and one that never ends would hold the worker for good. Told when such a run begins and ends; counts the time between.
import { PoolError } from '../../protocol/errors.ts';

/** A vocabulary of 150,000 words is read in some seconds on a slow phone, a prompt of 1 MB in less. */
const DEADLINE_MS = 30_000;

/** `onLate` is called once for a run that did not end in time: it can only be ended from outside. */
export function watchForeign(
  onLate: (error: PoolError) => void,
  deadlineMs = DEADLINE_MS,
): { note(isRunning: boolean): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    note(isRunning) {
      clearTimeout(timer);
      if (!isRunning) return;
      timer = setTimeout(() => {
        const seconds = Math.round(deadlineMs / 1000);
        const message = `The model’s tokenizer or chat template did not end within ${seconds} s.`;
        onLate(new PoolError('model-unsupported', message));
      }, deadlineMs);
    },
  };
}
