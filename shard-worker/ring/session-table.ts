// The sessions that a stage holds, and the life of their caches: bounded in number and by the memory for caches, the idle ones
// give way, and none is freed under the model. Sends nothing.
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
  /** What its cache may come to take. */
  kvBytes: number;
}

/**
 * A session that was used within this time does not give way to another. The server admits no more running ones than there
 * is room for, so the one that was used longest ago is a chat between two questions: its driver replays it.
 */
const IN_USE_MS = 5_000;

export class SessionTable {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #kvLimitBytes: number;
  /** Those whose caches the model works on at this moment. */
  readonly #computing = new Set<Session>();

  constructor(kvLimitBytes: number) {
    this.#kvLimitBytes = kvLimitBytes;
  }

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

  /** Runs the model on sessions' caches, which are not freed before it is done. */
  async compute<Result>(sessions: readonly Session[], run: () => Promise<Result>): Promise<Result> {
    for (const session of sessions) this.#computing.add(session);
    try {
      return await run();
    } finally {
      this.#computing.clear();
      // Its link closed meanwhile; the cache could not be taken from under the model.
      for (const session of sessions) if (!this.holds(session)) session.cache.dispose();
    }
  }

  remove(session: Session): void {
    this.#sessions.delete(session.id);
    if (!this.#computing.has(session)) session.cache.dispose();
  }

  /**
   * Sessions that must be removed so that one has room that may take `kvBytes`; `known` is the same session, if it is held,
   * whose room is given anew. Throws `sessions-full` when too many are in use. One session alone always has room: the
   * planner counted it.
   */
  makeRoom(nowMs: number, kvBytes: number, known?: Session): Session[] {
    const others = this.all().filter((session) => session !== known);
    const byAge = others.sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    const leaving = byAge.filter(({ lastUsedMs }) => nowMs - lastUsedMs > SESSION_IDLE_MS);
    const staying = byAge.slice(leaving.length);
    let heldBytes = staying.reduce((sum, session) => sum + session.kvBytes, 0);
    const isFull = () => staying.length >= MAX_SESSIONS_PER_STAGE || heldBytes + kvBytes > this.#kvLimitBytes;
    while (staying.length > 0 && isFull()) {
      const oldest = staying.shift()!;
      if (nowMs - oldest.lastUsedMs < IN_USE_MS) {
        throw new PoolError(
          'sessions-full',
          `This stage has no room for a conversation beside ${others.length} others.`,
        );
      }
      heldBytes -= oldest.kvBytes;
      leaving.push(oldest);
    }
    return leaving;
  }
}
