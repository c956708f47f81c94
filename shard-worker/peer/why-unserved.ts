// Nobody serves a model: because nobody has come, or because nobody can.
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { HostWorker } from '../host/host.ts';

/** Whoever wants to lend for it fails by these, today and tomorrow. */
const HOPELESS: readonly ErrorCode[] = ['model-not-found', 'model-unsupported'];

/** Why nobody can; undefined where somebody may. */
export async function whyUnserved(worker: Pick<HostWorker, 'call'>): Promise<PoolError | undefined> {
  try {
    await worker.call('check-model', {});
    return undefined;
  } catch (cause) {
    const error = PoolError.from(cause);
    return HOPELESS.includes(error.code) ? error : undefined;
  }
}
