// What each job was first asked at this entry: its grant, and what is signed for it, pay for the answer to that and to nothing else.
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { LoopOrder } from './loop-answer.ts';

/** One has four bytes for each token of a prompt. */
const MAX_JOBS = 128;

interface Asked {
  ids: Int32Array;
  terms: string;
}

export class JobPrompts {
  readonly #asked = new Map<JobId, Asked>();

  /** Throws `grant-refused` where the job had another prompt, or was to be sampled in another way. Its `ids` are all there. */
  check({ grant, open, ids }: LoopOrder): void {
    if (!grant) return;
    const { sampling, logprobs, codec } = open;
    const terms = JSON.stringify([sampling, logprobs, codec]);
    const asked = { ids: Int32Array.from(ids.slice(0, grant.promptTokens)), terms };
    const first = this.#asked.get(grant.job) ?? asked;
    this.#asked.delete(grant.job);
    this.#asked.set(grant.job, first);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > MAX_JOBS && oldest !== undefined) this.#asked.delete(oldest);
    if (first.terms !== asked.terms || !first.ids.every((id, at) => id === asked.ids[at])) {
      throw new PoolError('grant-refused', 'The grant is for another prompt: each answer has its own.');
    }
  }
}
