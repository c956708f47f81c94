// What is kept of a conversation, how it is called and found. Pure.
import { chatText } from '../text/english/chat.ts';
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

const MOST_TITLE_CHARS = 60;

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

/** As the next page finds it. */
export const asKept = (talk: KeptTalk): KeptTalk => ({ ...talk, turns: closedTurns(talk.turns) });
