// What the page around the frame hears of the question that it asked itself, as its answer comes. Of what the visitor writes it hears
// nothing. Pure but for the one answer that is followed.
import type { FromChat } from '../../packages/widget/src/words.ts';
import type { AnswerTurn, Turn } from '../chat/conversation.ts';

interface Followed {
  ask: number;
  /** The turn of the answer. */
  answerId: number;
  /** Characters that were told. */
  told: number;
}

export class HostAsks {
  readonly #say: (message: FromChat) => void;
  #followed: Followed | undefined;

  constructor(say: (message: FromChat) => void) {
    this.#say = say;
  }

  /** What runs was asked by the page. */
  get isFollowing(): boolean {
    return this.#followed !== undefined;
  }

  follow(ask: number, answerId: number): void {
    this.#followed = { ask, answerId, told: 0 };
  }

  /** The conversation as it is now. */
  show(turns: readonly Turn[]): void {
    const followed = this.#followed;
    if (!followed) return;
    const turn = turns.find(({ id }) => id === followed.answerId);
    if (turn?.role !== 'assistant') {
      this.#end(gone(followed.ask));
      return;
    }
    const text = turn.text.slice(followed.told);
    followed.told = turn.text.length;
    if (text !== '' && turn.status === 'streaming') this.#say({ type: 'token', ask: followed.ask, text });
    if (turn.status !== 'streaming') this.#end(endOf(followed.ask, turn));
  }

  #end(message: FromChat): void {
    this.#followed = undefined;
    this.#say(message);
  }
}

const gone = (ask: number): FromChat => ({
  ...{ type: 'error', ask, code: 'cancelled' },
  ...{ message: 'Another conversation was begun.', next: 'Ask again.' },
});

const endOf = (ask: number, { error, text, finishReason = 'stop', stats }: AnswerTurn): FromChat =>
  error ? { type: 'error', ask, ...error } : { type: 'answer', ask, text, finishReason, tokens: stats?.tokens ?? 0 };
