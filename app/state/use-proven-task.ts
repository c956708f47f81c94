// A task that may need a recent login: where the server asks for the password once more, the person is asked in place, and what
// was wanted goes on by itself. Sees no password.
import { useCallback, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { type Task, useTask } from './use-task.ts';

export interface ProvenTask extends Task {
  /** The person is asked for the password; the task is busy meanwhile. */
  asking: boolean;
  /** The password was shown: goes on with what was wanted. */
  goOn(): void;
  /** Leaves it. */
  giveUp(): void;
}

interface Waiting {
  goOn(): void;
  giveUp(): void;
}

/** `run` resolves once it went well, failed or was given up; what it is given may run twice, and must not mind. */
export function useProvenTask(): ProvenTask {
  const { run: runTask, error, ...task } = useTask();
  const [waiting, setWaiting] = useState<Waiting>();

  const run = useCallback(
    (work: () => Promise<void>) =>
      runTask(async () => {
        try {
          await work();
        } catch (cause) {
          if (PoolError.from(cause).code !== 'login-again') throw cause;
          await new Promise<void>((goOn, fail) => {
            setWaiting({ goOn, giveUp: () => fail(new PoolError('cancelled', 'The person left it.')) });
          }).finally(() => setWaiting(undefined));
          await work();
        }
      }),
    [runTask],
  );
  const nothing = () => {};
  return {
    ...task,
    ...(error && error.code !== 'cancelled' ? { error } : {}),
    run,
    asking: waiting !== undefined,
    goOn: waiting?.goOn ?? nothing,
    giveUp: waiting?.giveUp ?? nothing,
  };
}
