// What is kept of a conversation, how it is found. Pure.
import { closedTurns, type Turn } from './conversation.ts';

/** What a list shows of one. */
export interface TalkHead {
  id: string;
  /** What the person calls it, else how it begins. */
  title: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export interface KeptTalk extends TalkHead {
  turns: readonly Turn[];
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

/** As the next page finds it. */
export const asKept = (talk: KeptTalk): KeptTalk => ({ ...talk, turns: closedTurns(talk.turns) });
