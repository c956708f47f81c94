// How a conversation is called that its person gave no name. Pure.
import { chatText } from '../text/english/chat.ts';
import type { Turn } from './conversation.ts';

const MOST_TITLE_CHARS = 60;

/** How it begins. */
export function titleOf(turns: readonly Turn[]): string {
  const first =
    turns
      .find(({ role }) => role === 'user')
      ?.text.replaceAll(/\s+/g, ' ')
      .trim() ?? '';
  return first.length > MOST_TITLE_CHARS ? `${first.slice(0, MOST_TITLE_CHARS - 1)}…` : first || chatText.talks.fresh;
}
