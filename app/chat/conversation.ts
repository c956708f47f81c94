// A conversation as data: turns, and what happens to them. Pure reducer; asking and timers live in talk.ts.
import { PoolError } from '../../protocol/errors.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Answer, AnswerStats, ChatMessage, Notice, QueuePlace, Settlement } from '../../shard-worker/index.ts';
import { formatPlace } from '../format/format-place.ts';
import type { ShownError } from '../state/show-error.ts';
import { tellError } from '../state/tell-error.ts';
import { chatText } from '../text/english/chat.ts';
import { noticeLine, type TurnNotice } from './notice-line.ts';

export interface UserTurn {
  id: number;
  role: 'user';
  text: string;
}

export interface AnswerTurn {
  id: number;
  role: 'assistant';
  text: string;
  status: 'streaming' | 'done' | 'error' | 'cancelled';
  /** What is being waited for. */
  notice?: TurnNotice | undefined;
  finishReason?: Answer['finishReason'];
  /** While it waits for its turn at the server. */
  queue?: QueuePlace;
  /** How it is answered, and why so. */
  plan?: RoutePlan;
  stats?: AnswerStats;
  settlement?: Settlement;
  error?: ShownError;
  /** So many of the oldest messages had no room in the model's context. */
  leftOut?: number;
  /** It was cut after these tokens: it goes on from there. */
  cut?: readonly number[];
}

export type Turn = UserTurn | AnswerTurn;

export type ConversationEvent =
  | { type: 'question-asked'; questionId: number; answerId: number; text: string }
  | { type: 'answer-retried'; failedId: number; answerId: number }
  /** The question stays, what was answered goes. */
  | { type: 'answer-regenerated'; oldId: number; answerId: number }
  /** One that ran when an earlier page was closed, as far as it had come. */
  | { type: 'answer-resumed'; id: number; text: string }
  /** Another conversation, or none. */
  | { type: 'turns-opened'; turns: readonly Turn[] }
  /** What was said before an earlier page was closed, and an answer as far as it had come; ids count from `answerId` down. */
  | { type: 'answer-reopened'; messages: readonly ChatMessage[]; answerId: number; text: string }
  | { type: 'text-received'; id: number; delta: string }
  | { type: 'stats-received'; id: number; stats: AnswerStats }
  | { type: 'notice-received'; id: number; notice: Notice | undefined }
  | { type: 'queue-received'; id: number; queue: QueuePlace }
  | { type: 'plan-received'; id: number; plan: RoutePlan }
  /** Often after the answer: the server settles when the receipts are in. */
  | { type: 'settlement-received'; id: number; settlement: Settlement }
  | { type: 'answer-finished'; id: number; answer: Answer }
  | { type: 'messages-left-out'; id: number; count: number }
  | { type: 'answer-cut'; id: number; tokenIds: readonly number[] }
  | { type: 'answer-failed'; id: number; error: unknown };

const newAnswer = (id: number): AnswerTurn => ({ id, role: 'assistant', text: '', status: 'streaming' });

const REOPENED: TurnNotice = { kind: 'reopened' };

/** Answers that are over as far as anybody knows. What the system was told is nobody's turn. */
const turnsOf = (messages: readonly ChatMessage[], answerId: number): Turn[] =>
  messages.flatMap(({ role, content }, at): Turn[] => {
    const id = answerId - messages.length + at;
    if (role === 'system') return [];
    return [role === 'user' ? { id, role, text: content } : { ...newAnswer(id), text: content, status: 'done' }];
  });

/** What was written stays where the answer goes on from it. */
const goOn = (failed: Turn, id: number): AnswerTurn => ({
  ...newAnswer(id),
  ...(failed.role === 'assistant' && failed.cut ? { text: failed.text, cut: failed.cut } : {}),
});

/** Applies one event. Events of an answer that is no longer there change nothing, nor do any but its bill once it has ended. */
export function applyConversation(turns: readonly Turn[], event: ConversationEvent): readonly Turn[] {
  switch (event.type) {
    case 'question-asked':
      return [...turns, { id: event.questionId, role: 'user', text: event.text }, newAnswer(event.answerId)];
    case 'answer-retried':
      return turns.map((turn) => (turn.id === event.failedId ? goOn(turn, event.answerId) : turn));
    case 'answer-regenerated':
      return turns.map((turn) => (turn.id === event.oldId ? newAnswer(event.answerId) : turn));
    case 'answer-resumed':
      return turns.map((turn) =>
        turn.id === event.id ? { ...newAnswer(event.id), text: event.text, notice: REOPENED } : turn,
      );
    case 'turns-opened':
      return event.turns;
    case 'answer-reopened':
      return [
        ...turnsOf(event.messages, event.answerId),
        { ...newAnswer(event.answerId), text: event.text, notice: REOPENED },
      ];
    case 'text-received':
      return change(turns, event.id, (turn) => ({ ...turn, text: turn.text + event.delta }));
    case 'stats-received':
      return change(turns, event.id, (turn) => ({ ...turn, stats: event.stats }));
    case 'notice-received':
      // Whatever it waits for now, it is no place in a queue.
      return change(turns, event.id, (turn) => ({ ...turn, notice: event.notice, queue: undefined }));
    case 'queue-received':
      return change(turns, event.id, (turn) => ({ ...turn, queue: event.queue }));
    case 'plan-received':
      return change(turns, event.id, (turn) => ({ ...turn, plan: event.plan, queue: undefined }));
    case 'settlement-received':
      return turns.map((turn) =>
        turn.role === 'assistant' && turn.id === event.id ? { ...turn, settlement: event.settlement } : turn,
      );
    case 'answer-finished':
      return change(turns, event.id, (turn) => finish(turn, event.answer));
    case 'messages-left-out':
      return change(turns, event.id, (turn) => ({ ...turn, leftOut: event.count }));
    case 'answer-cut':
      return change(turns, event.id, (turn) => ({ ...turn, cut: event.tokenIds }));
    case 'answer-failed':
      return change(turns, event.id, (turn) => fail(turn, PoolError.from(event.error)));
  }
}

/** What streams is near the end: a long conversation is not looked through for each token. */
function change(turns: readonly Turn[], id: number, next: (turn: AnswerTurn) => AnswerTurn): readonly Turn[] {
  const at = turns.findLastIndex((turn) => turn.id === id);
  const turn = turns[at];
  return turn?.role === 'assistant' && turn.status === 'streaming' ? turns.with(at, next(turn)) : turns;
}

// The answer's own text wins over the deltas: it is what the peer vouches for.
const finish = (turn: AnswerTurn, answer: Answer): AnswerTurn => ({
  ...turn,
  text: answer.text,
  stats: answer.stats,
  plan: answer.plan,
  settlement: answer.settlement ?? turn.settlement,
  notice: undefined,
  queue: undefined,
  finishReason: answer.finishReason,
  ...(answer.finishReason === 'stop' || answer.tokenIds.length === 0 ? {} : { cut: answer.tokenIds }),
  status: answer.finishReason === 'cancelled' ? 'cancelled' : 'done',
});

const fail = (turn: AnswerTurn, error: PoolError): AnswerTurn =>
  error.code === 'cancelled'
    ? { ...turn, notice: undefined, queue: undefined, status: 'cancelled', finishReason: 'cancelled' }
    : {
        ...turn,
        notice: undefined,
        queue: undefined,
        status: 'error',
        error: { code: error.code, message: error.message, next: error.next },
      };

/**
 * Messages for a request: all that was said before `answerId`. Failed and empty answers are left out, and neighbours of
 * one role are joined, because chat templates refuse two user messages in a row.
 */
export function requestMessages(turns: readonly Turn[], answerId = Number.POSITIVE_INFINITY): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const turn of turns) {
    if (turn.id === answerId) break;
    if (turn.role === 'assistant' && (turn.text === '' || turn.status === 'error')) continue;
    const last = messages.at(-1);
    if (last?.role === turn.role) last.content = `${last.content}\n\n${turn.text}`;
    else messages.push({ role: turn.role, content: turn.text });
  }
  return messages;
}

/**
 * Without the oldest question and its answer, and without further ones until at most `share` of the letters is left; what the system
 * was told stays. Undefined where only the question itself is left.
 */
export function withoutOldest(messages: readonly ChatMessage[], share = 1): ChatMessage[] | undefined {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const said = messages.slice(first);
  let letters = said.reduce((sum, { content }) => sum + content.length, 0);
  const most = share * letters;
  let kept = 0;
  for (const [at, { role }] of said.entries()) {
    if (at > 0 && role === 'user') {
      kept = at;
      if (letters <= most) break;
    }
    letters -= said[at]!.content.length;
  }
  return kept === 0 ? undefined : [...messages.slice(0, first), ...said.slice(kept)];
}

/** Turns as they are kept: what ran when the page was closed has stopped, unless the peer goes on with it. */
export const closedTurns = (turns: readonly Turn[]): Turn[] =>
  turns.map((turn): Turn => {
    if (turn.role === 'user' || turn.status !== 'streaming') return turn;
    const { queue: _queue, notice: _notice, ...rest } = turn;
    return { ...rest, status: 'cancelled', finishReason: 'cancelled' };
  });

/** What a screen reader is told: when an answer starts and how it ended, never each token. */
export function announceTurns(turns: readonly Turn[]): string {
  const { announced } = chatText;
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return '';
  if (last.status === 'streaming') {
    if (last.notice) return noticeLine(last.notice);
    return last.queue ? `${formatPlace(last.queue.place, last.queue.waiting)}.` : announced.answering;
  }
  if (last.status === 'error') return announced.failed(last.error ? tellError(last.error).what : '').trim();
  return last.status === 'cancelled' ? chatText.stopped : announced.complete;
}
