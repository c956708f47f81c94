// The sessions that a stage holds, and the life of their caches: bounded, the idle ones give way, and none is freed under
// the model. Sends nothing.
import { PoolError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE, SESSION_IDLE_MS } from '../../protocol/limits.ts';
import type { KvCache } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import type { OpenSession } from './open-session.ts';
import type { Admitted } from './session-gate.ts';

export interface Session {
  id: SessionId;
  cache: KvCache;
  open: OpenSession;
  upstream: Link;
  lastUsedMs: number;
  /** By which grant; undefined where none is asked for. */
  admitted: Admitted | undefined;
}

/**
 * A session that was used within this time does not give way to another. The server admits no more running ones than there
 * is room for, so the one that was used longest ago is a chat between two questions: its driver replays it.
 */
const IN_USE_MS = 5_000;

export class SessionTable {
  readonly #sessions = new Map<SessionId, Session>();
  /** The one whose cache the model works on at this moment. */
  #computing: Session | undefined;

  get size(): number {
    return this.#sessions.size;
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  get(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Takes the place of one with the same id, whose cache it has. */
  set(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  /** Whether it is still held, and no other in its place. */
  holds(session: Session): boolean {
    return this.#sessions.get(session.id) === session;
  }

  /** Runs the model on a session's cache, which is not freed before it is done. */
  async compute<Result>(session: Session, run: () => Promise<Result>): Promise<Result> {
    this.#computing = session;
    try {
      return await run();
    } finally {
      this.#computing = undefined;
      // Its link closed meanwhile; the cache could not be taken from under the model.
      if (!this.holds(session)) session.cache.dispose();
    }
  }

  remove(session: Session): void {
    this.#sessions.delete(session.id);
    if (this.#computing !== session) session.cache.dispose();
  }

  /** Sessions that must be removed so that one more has room. Throws `sessions-full` when all are in use. */
  idle(nowMs: number): Session[] {
    const byAge = this.all().sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    const idle = byAge.filter(({ lastUsedMs }) => nowMs - lastUsedMs > SESSION_IDLE_MS);
    if (this.size - idle.length < MAX_SESSIONS_PER_STAGE) return idle;
    const oldest = byAge[0]!;
    if (nowMs - oldest.lastUsedMs < IN_USE_MS) {
      throw new PoolError('sessions-full', `This stage already serves ${MAX_SESSIONS_PER_STAGE} conversations.`);
    }
    return [oldest];
  }
}
