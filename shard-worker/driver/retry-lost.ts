// What an answer does when its ring fails it: what disappeared is tried again, what failed is reported at once. A lap that took too
// long is a route that was lost.
import { PoolError } from '../../protocol/errors.ts';
import type { Generated, GenerateOptions } from './generate-options.ts';

type Lost = 'session' | 'route';

const lostOf = ({ kind, subject }: PoolError): Lost | undefined =>
  kind !== 'disappeared' ? undefined : subject === 'session' ? 'session' : 'route';
const MAX_TRIES = 5;

/** How to try, and what to do when one fails. */
interface Tries {
  attempt(): Promise<Generated['finishReason']>;
  /** `what`: undefined for a failure that is none of these. */
  onFailed(what: Lost | undefined, error: PoolError, isCancelled: boolean): void;
}

/** Rejects with what is not tried again, or was tried often enough. */
export async function retryLost(
  options: Pick<GenerateOptions, 'signal' | 'retry' | 'onNotice' | 'isStopped'>,
  { attempt, onFailed }: Tries,
): Promise<Generated['finishReason']> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (cause) {
      // Nobody wants more of it, and its session is as good as before.
      if (options.isStopped?.()) return 'stop';
      const error = PoolError.from(cause);
      const lost = lostOf(error);
      const isCancelled = options.signal?.aborted ?? false;
      onFailed(lost, error, isCancelled);
      if (isCancelled) return 'cancelled';
      const isRetried = lost === 'session' || (lost === 'route' && options.retry !== 'session');
      if (!isRetried || tries >= MAX_TRIES) throw error;
      options.onNotice?.({ kind: 'rerouted', error: error.toShape() });
    }
  }
}
