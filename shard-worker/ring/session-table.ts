// The sessions that a stage holds, and the life of their caches: bounded in number and by the memory for caches, the idle ones
// give way, and none is freed under the model. It outlives an epoch: what the ring before computed, the next one goes on with.
// Sends nothing.
import { PoolError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { MAX_SENT_BYTES, MAX_SESSIONS_PER_STAGE, SESSION_ASIDE_MS, SESSION_IDLE_MS } from '../../protocol/limits.ts';
import type { KvCache } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import type { OpenSession } from './open-session.ts';
import type { SentChunk, SentRows } from './sent-rows.ts';
import type { Admitted } from './session-gate.ts';

export interface Session {
  id: SessionId;
  /** The one that computes it now, or did when it was put aside. */
  epoch: number;
  /** Nobody can reach it until it is opened again, as a rule under the next epoch: it gives way to any other. */
  isAside: boolean;
  cache: KvCache;
  /** What was sent of it to the next stage. */
  sent: SentRows;
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
  /** Those whose caches the model works on at this moment, and until when. */
  readonly #computing = new Map<Session, Promise<unknown>>();
  #sentBytes = 0;

  constructor(kvLimitBytes: number) {
    this.#kvLimitBytes = kvLimitBytes;
  }

  get size(): number {
    return this.#sessions.size;
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Those of this epoch that somebody can reach. */
  of(epoch: number): Session[] {
    return this.all().filter((session) => session.epoch === epoch && !session.isAside);
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
    const running = run();
    const over = running.catch(() => {});
    for (const session of sessions) this.#computing.set(session, over);
    try {
      return await running;
    } finally {
      for (const session of sessions) {
        this.#computing.delete(session);
        // Its link closed meanwhile; the cache could not be taken from under the model.
        if (this.#sessions.get(session.id)?.cache !== session.cache) session.cache.dispose();
      }
    }
  }

  /** Resolves when the model does not work on its cache. */
  async settled(session: Session): Promise<void> {
    await this.#computing.get(session);
  }

  /** Keeps what was sent of it, as far as there is room: the one that was used longest ago loses all of its own. */
  keepSent(session: Session, { position, tokens, width, dtype, payload }: Frame | SentChunk): void {
    if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'int8') return;
    const before = session.sent.bytes;
    session.sent.add({ position, tokens, width, dtype, payload });
    this.#sentBytes += session.sent.bytes - before;
    // More than that a link does not take at once.
    if (session.sent.bytes > MAX_SENT_BYTES / 2) this.#forgetSent(session);
    while (this.#sentBytes > MAX_SENT_BYTES) {
      const [oldest] = this.all()
        .filter(({ sent }) => sent.bytes > 0)
        .sort((a, b) => a.lastUsedMs - b.lastUsedMs);
      if (!oldest) return;
      this.#forgetSent(oldest);
    }
  }

  /** Holds it for whoever goes on with it. */
  putAside(session: Session, nowMs: number): void {
    session.isAside = true;
    session.lastUsedMs = nowMs;
  }

  /** Frees those for which nobody has come back. */
  sweep(nowMs: number): void {
    for (const session of this.all()) {
      if (session.isAside && nowMs - session.lastUsedMs > SESSION_ASIDE_MS) this.remove(session);
    }
  }

  remove(session: Session): void {
    this.#forgetSent(session);
    this.#sessions.delete(session.id);
    if (!this.#computing.has(session)) session.cache.dispose();
  }

  #forgetSent({ sent }: Session): void {
    this.#sentBytes -= sent.bytes;
    sent.clear();
  }

  /**
   * Sessions that must be removed so that one has room that may take `kvBytes`; `known` is the same session, if it is held,
   * whose room is given anew. Those that were put aside go first. Throws `sessions-full` when too many are in use. One session alone always has room: the
   * planner counted it.
   */
  makeRoom(nowMs: number, kvBytes: number, known?: Session): Session[] {
    const others = this.all().filter((session) => session !== known);
    const byAge = others.sort((a, b) => Number(b.isAside) - Number(a.isAside) || a.lastUsedMs - b.lastUsedMs);
    const isOver = ({ isAside, lastUsedMs }: Session): boolean =>
      nowMs - lastUsedMs > (isAside ? SESSION_ASIDE_MS : SESSION_IDLE_MS);
    const leaving = byAge.filter(isOver);
    const staying = byAge.filter((session) => !isOver(session));
    let heldBytes = staying.reduce((sum, session) => sum + session.kvBytes, 0);
    const isFull = () => staying.length >= MAX_SESSIONS_PER_STAGE || heldBytes + kvBytes > this.#kvLimitBytes;
    while (staying.length > 0 && isFull()) {
      const oldest = staying.shift()!;
      if (!oldest.isAside && nowMs - oldest.lastUsedMs < IN_USE_MS) {
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
