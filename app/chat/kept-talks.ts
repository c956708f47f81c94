// Conversations as this browser keeps them: in IndexedDB, on this device and nowhere else. Also as a file, out and in.
import { type DBSchema, openDB } from 'idb';
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import { chatText } from '../text/english/chat.ts';
import { closedTurns, type Turn } from './conversation.ts';

export interface KeptTalk {
  id: string;
  /** What the person calls it, else how it begins. */
  title: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
  turns: readonly Turn[];
}

interface TalksDb extends DBSchema {
  talks: { key: string; value: KeptTalk; indexes: { updatedAt: number } };
}

export interface TalkKeeper {
  /** The newest first. */
  list(): Promise<KeptTalk[]>;
  read(id: string): Promise<KeptTalk | undefined>;
  keep(talk: KeptTalk): Promise<void>;
  remove(id: string): Promise<void>;
}

const NAME = 'computepool-talks';
const MOST_TITLE_CHARS = 60;

/** Opened at its first use. A browser that keeps nothing (a private window) rejects. */
export function openTalkKeeper(): TalkKeeper {
  const open = () =>
    openDB<TalksDb>(NAME, 1, {
      upgrade: (db) => void db.createObjectStore('talks', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt'),
    });
  let opening: ReturnType<typeof open> | undefined;
  const db = () => {
    opening ??= open();
    return opening;
  };
  return {
    list: async () => (await (await db()).getAllFromIndex('talks', 'updatedAt')).reverse(),
    read: async (id) => (await db()).get('talks', id),
    keep: async (talk) => void (await (await db()).put('talks', talk)),
    remove: async (id) => (await db()).delete('talks', id),
  };
}

/** How a conversation begins. */
export function titleOf(turns: readonly Turn[]): string {
  const first =
    turns
      .find(({ role }) => role === 'user')
      ?.text.replaceAll(/\s+/g, ' ')
      .trim() ?? '';
  return first.length > MOST_TITLE_CHARS ? `${first.slice(0, MOST_TITLE_CHARS - 1)}…` : first || chatText.talks.fresh;
}

/** Those whose title or text has all words of `wanted`, whatever their case. */
export function findTalks(talks: readonly KeptTalk[], wanted: string): readonly KeptTalk[] {
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return talks;
  return talks.filter(({ title, turns }) => {
    const text = [title, ...turns.map((turn) => turn.text)].join('\n').toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Files of this shape only: what a person brings may have been written by anybody. */
const FORMAT = 'computepool-conversations';
const MOST_TALKS = 10_000;
const MOST_TURNS = 20_000;
const MOST_CHARS = 1_000_000;
const fileSchema = z.object({
  format: z.literal(FORMAT),
  talks: z
    .array(
      z.object({
        id: z.string().check(z.minLength(1), z.maxLength(100)),
        title: z.string().check(z.maxLength(200)),
        createdAt: z.number().check(z.nonnegative()),
        updatedAt: z.number().check(z.nonnegative()),
        turns: z
          .array(z.object({ role: z.enum(['user', 'assistant']), text: z.string().check(z.maxLength(MOST_CHARS)) }))
          .check(z.maxLength(MOST_TURNS)),
      }),
    )
    .check(z.maxLength(MOST_TALKS)),
});

/** What was said, without figures of how it was answered. */
export function writeTalks(talks: readonly KeptTalk[]): string {
  const said = talks.map((talk) => ({ ...talk, turns: talk.turns.map(({ role, text }) => ({ role, text })) }));
  return `${JSON.stringify({ format: FORMAT, talks: said }, undefined, 2)}\n`;
}

/** Throws `bad-request` for a file of something else. */
export function readTalks(text: string): KeptTalk[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PoolError('bad-request', chatText.talks.noJson, { cause });
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    throw new PoolError('bad-request', chatText.talks.noTalks, { cause: parsed.error });
  }
  return parsed.data.talks.map((talk) => ({ ...talk, turns: talk.turns.map(turnOf) }));
}

const turnOf = ({ role, text }: { role: 'user' | 'assistant'; text: string }, at: number): Turn =>
  role === 'user' ? { id: at + 1, role, text } : { id: at + 1, role, text, status: 'done' };

/** As the next page finds it. */
export const asKept = (talk: KeptTalk): KeptTalk => ({ ...talk, turns: closedTurns(talk.turns) });
