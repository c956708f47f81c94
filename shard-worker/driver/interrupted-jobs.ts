// Conversations of server jobs whose ring was lost: the server starts the job again where the next entry is, and where that is
// this tab it goes on with what the stages hold. Bounded; starts nothing.
import type { JobId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE, SESSION_ASIDE_MS } from '../../protocol/limits.ts';
import type { Conversation } from './conversation.ts';

interface Kept {
  /** By choice. */
  conversations: ReadonlyMap<number, Conversation>;
  sinceMs: number;
}

export class InterruptedJobs {
  readonly #kept = new Map<JobId, Kept>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  put(job: JobId, conversations: Kept['conversations']): void {
    this.#kept.set(job, { conversations, sinceMs: this.#now() });
    this.#forget();
  }

  /** They are the caller's from now on; none where nothing was kept. */
  take(job: JobId): Kept['conversations'] {
    this.#forget();
    const kept = this.#kept.get(job);
    this.#kept.delete(job);
    return kept?.conversations ?? new Map();
  }

  /** Stages hold their part no longer than this. */
  #forget(): void {
    for (const [job, { conversations, sinceMs }] of this.#kept) {
      if (this.#kept.size <= MAX_SESSIONS_PER_STAGE && this.#now() - sinceMs < SESSION_ASIDE_MS) return;
      this.#kept.delete(job);
      for (const conversation of conversations.values()) conversation.close();
    }
  }
}
