// Conversations whose answer is over, kept with their caches at the stages for the next turn. A caller over HTTP sends the
// whole conversation each time: it goes on where it shares most with one that the same caller had. Bounded; starts nothing.
import { KEPT_ANSWER_MS, LEAST_SHARED_TOKENS, MAX_KEPT_ANSWERS } from '../../protocol/limits.ts';
import { commonPrefix } from './common-prefix.ts';
import type { Conversation } from './conversation.ts';
import type { RingClient } from './ring-client.ts';

interface Kept {
  owner: string;
  conversation: Conversation;
  sinceMs: number;
}

export class IdleConversations {
  readonly #now: () => number;
  #kept: Kept[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get size(): number {
    return this.#kept.length;
  }

  /**
   * The conversation of this owner on this ring that holds most of `prompt`, at least half of what it holds itself: one
   * that shares but its beginning is somebody's other chat. It is the caller's from now on.
   */
  take(owner: string, ring: RingClient, prompt: readonly number[]): Conversation | undefined {
    this.#forget();
    let best: Kept | undefined;
    let most = LEAST_SHARED_TOKENS - 1;
    for (const kept of this.#kept) {
      const { held } = kept.conversation;
      if (kept.owner !== owner || held?.ring !== ring) continue;
      const shared = commonPrefix(held.tokens, prompt);
      if (shared > most && shared * 2 >= held.tokens.length) [best, most] = [kept, shared];
    }
    this.#kept = this.#kept.filter((kept) => kept !== best);
    return best?.conversation;
  }

  put(owner: string, conversation: Conversation): void {
    this.#kept.push({ owner, conversation, sinceMs: this.#now() });
    this.#forget();
  }

  /** Frees the caches on every ring but that one, so that its stages can let it go. */
  releaseUnless(ring: RingClient | undefined): void {
    const isKept = ({ conversation }: Kept) => ring !== undefined && conversation.held?.ring === ring;
    for (const kept of this.#kept) if (!isKept(kept)) kept.conversation.close();
    this.#kept = this.#kept.filter(isKept);
  }

  #forget(): void {
    const tooOldMs = this.#now() - KEPT_ANSWER_MS;
    const fresh = this.#kept.filter(({ sinceMs }) => sinceMs > tooOldMs).slice(-MAX_KEPT_ANSWERS);
    for (const kept of this.#kept) if (!fresh.includes(kept)) kept.conversation.close();
    this.#kept = fresh;
  }
}
