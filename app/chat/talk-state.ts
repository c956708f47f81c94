// What a page shows of the window's conversation. Who acts on it is in talk.ts, which is fetched when somebody may ask.
import type { AnswerTurn, Turn } from './conversation.ts';

export interface TalkState {
  id: string;
  turns: readonly Turn[];
  /** Given by the person; undefined: how it begins. */
  title?: string | undefined;
  createdAt: number;
  /** Nothing of it is kept. */
  isPrivate: boolean;
}

export const emptyTalk = (isPrivate: boolean, newId = randomId): TalkState => ({
  ...{ id: newId(), turns: [], createdAt: Date.now(), isPrivate },
});

/** `randomUUID` is not there on a page without https. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The answer under way, if any. */
export const streamingTurn = (turns: readonly Turn[]): AnswerTurn | undefined =>
  turns.findLast((turn): turn is AnswerTurn => turn.role === 'assistant' && turn.status === 'streaming');
