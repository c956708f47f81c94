// Conversations as this browser keeps them: in IndexedDB, on this device and nowhere else. The turns of one lie in pages, of which
// only those are written that have changed: what a long conversation was does not cost anything again with each answer.
import { type DBSchema, type IDBPTransaction, openDB } from 'idb';
import type { Turn } from './conversation.ts';
import type { KeptTalk, TalkHead } from './kept-talks.ts';

interface KeptHead extends TalkHead {
  /** How many pages it has. */
  pages: number;
  /** Who wrote it last: another window may have. */
  writer: string;
}

interface TalksDb extends DBSchema {
  /** Before there were pages: whole conversations. */
  talks: { key: string; value: KeptTalk };
  heads: { key: string; value: KeptHead; indexes: { updatedAt: number } };
  pages: { key: [talk: string, page: number]; value: readonly Turn[] };
}

export interface TalkKeeper {
  /** The newest first, without what was said. */
  list(): Promise<TalkHead[]>;
  read(id: string): Promise<KeptTalk | undefined>;
  /** All of them, the newest first. */
  readAll(): Promise<KeptTalk[]>;
  keep(talk: KeptTalk): Promise<void>;
  remove(id: string): Promise<void>;
}

const NAME = 'computepool-talks';
/** Version 1 had whole conversations. */
const VERSION = 2;
const PAGE_TURNS = 100;

type Writing = IDBPTransaction<TalksDb, ('heads' | 'pages')[], 'readwrite'>;

/** Which pages of a conversation are not what they were when `before` was written. Turns never change in place. */
export function changedPages(before: readonly Turn[], turns: readonly Turn[]): number[] {
  const pages = Math.ceil(turns.length / PAGE_TURNS);
  return Array.from({ length: pages }, (_, page) => page).filter((page) => {
    const [from, to] = [page * PAGE_TURNS, (page + 1) * PAGE_TURNS];
    if (Math.min(to, before.length) !== Math.min(to, turns.length)) return true;
    return turns.slice(from, to).some((turn, at) => turn !== before[from + at]);
  });
}

const pagesFrom = (talk: string, page: number): IDBKeyRange =>
  IDBKeyRange.bound([talk, page], [talk, Number.POSITIVE_INFINITY]);

/** Opened at its first use. A browser that keeps nothing (a private window) rejects. */
export function openTalkKeeper(): TalkKeeper {
  const writer = crypto.getRandomValues(new Uint32Array(2)).join('-');
  /** As this window wrote them last. */
  const written = new Map<string, readonly Turn[]>();

  async function write(to: Writing, { id, title, createdAt, updatedAt, turns }: KeptTalk): Promise<void> {
    const [heads, pages] = [to.objectStore('heads'), to.objectStore('pages')];
    const head = await heads.get(id);
    const before = head?.writer === writer ? (written.get(id) ?? []) : [];
    const count = Math.ceil(turns.length / PAGE_TURNS);
    await Promise.all([
      heads.put({ id, title, createdAt, updatedAt, pages: count, writer }),
      ...changedPages(before, turns).map((page) =>
        pages.put(turns.slice(page * PAGE_TURNS, (page + 1) * PAGE_TURNS), [id, page]),
      ),
      ...(head && head.pages > count ? [pages.delete(pagesFrom(id, count))] : []),
    ]);
  }

  const open = () =>
    openDB<TalksDb>(NAME, VERSION, {
      async upgrade(db, before, _now, transaction) {
        db.createObjectStore('heads', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
        db.createObjectStore('pages');
        if (before === 0) return;
        for (const talk of await transaction.objectStore('talks').getAll())
          await write(transaction as unknown as Writing, talk);
        db.deleteObjectStore('talks');
      },
      // A newer page waits for this one to let go.
      blocking(_now, _next, event) {
        (event.target as IDBDatabase).close();
        opening = undefined;
      },
    });
  let opening: ReturnType<typeof open> | undefined;
  const db = () => {
    opening ??= open();
    return opening;
  };
  const list = async (): Promise<KeptHead[]> => (await (await db()).getAllFromIndex('heads', 'updatedAt')).reverse();
  const withTurns = async ({ pages: _pages, writer: _writer, ...head }: KeptHead): Promise<KeptTalk> => {
    const pages = await (await db()).getAll('pages', pagesFrom(head.id, 0));
    return { ...head, turns: pages.flat() };
  };
  return {
    list,
    async read(id) {
      const head = await (await db()).get('heads', id);
      return head && withTurns(head);
    },
    readAll: async () => Promise.all((await list()).map(withTurns)),
    async keep(talk) {
      const transaction = (await db()).transaction(['heads', 'pages'], 'readwrite');
      await write(transaction, talk);
      await transaction.done;
      written.set(talk.id, talk.turns);
    },
    async remove(id) {
      const transaction = (await db()).transaction(['heads', 'pages'], 'readwrite');
      written.delete(id);
      await Promise.all([
        transaction.objectStore('heads').delete(id),
        transaction.objectStore('pages').delete(pagesFrom(id, 0)),
        transaction.done,
      ]);
    },
  };
}
