// The conversation of this window: asks the chat peer, applies what comes, and has it kept. It belongs to the window and not to a page
// of it: an answer goes on while its person looks at another one. The rules of turns are in conversation.ts.
import { PoolError } from '../../protocol/errors.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type {
  Answer,
  AskHandlers,
  AskRequest,
  ChatMessage,
  ChatPeer,
  UnfinishedAnswer,
} from '../../shard-worker/index.ts';
import {
  applyConversation,
  type ConversationEvent,
  requestMessages,
  type Turn,
  withoutOldest,
} from './conversation.ts';
import { asKept, type KeptTalk } from './kept-talks.ts';
import { publishAnswer } from './publish-answer.ts';
import { emptyTalk, streamingTurn, type TalkState } from './talk-state.ts';
import { titleOf } from './talk-title.ts';

export interface AskSettings extends Omit<AskRequest, 'messages'> {
  /** What the model is told before everything that is said. */
  instructions?: string;
}

/** Whoever answers. */
type Asker = Pick<ChatPeer, 'ask'>;

export interface TalkOptions {
  keep(talk: KeptTalk): Promise<void>;
  /** Which conversation this tab shows after a reload. */
  remember(id: string | undefined): void;
  newId?(): string;
  /** Where it is shown; else in a store of its own. */
  state?: ValueStore<TalkState>;
}

/** Text is drawn at most this often: at 200 tokens per second, parsing Markdown per token would be all a tab does. */
const DRAW_INTERVAL_MS = 40;
/** What streams is written down at most so often. */
const KEEP_INTERVAL_MS = 1000;

export class Talk {
  readonly state: ValueStore<TalkState>;
  readonly #options: TalkOptions;
  #abort: AbortController | undefined;
  #nextId = 1;
  /** Begins what was reopened, or says that nobody wants it any more. */
  #reopened: ((isStopped: boolean) => void) | undefined;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.state = options.state ?? new ValueStore<TalkState>(this.#empty(false));
  }

  get isStreaming(): boolean {
    return streamingTurn(this.state.get().turns) !== undefined;
  }

  ask(peer: Asker, text: string, settings: AskSettings): void {
    const questionId = this.#nextId++;
    const answerId = this.#nextId++;
    const messages = requestMessages([...this.state.get().turns, { id: questionId, role: 'user', text }]);
    this.#apply({ type: 'question-asked', questionId, answerId, text });
    this.#run(peer, answerId, requestOf(messages, settings));
  }

  /** Goes on with an answer that failed, was stopped or ended at its limit; the question stays where it is. */
  retry(peer: Asker, failedId: number, settings: AskSettings): void {
    const { turns } = this.state.get();
    const answerId = this.#nextId++;
    const messages = requestMessages(turns, failedId);
    const failed = turns.find((turn) => turn.id === failedId);
    const resume = failed?.role === 'assistant' && failed.cut ? { resume: failed.cut } : {};
    this.#apply({ type: 'answer-retried', failedId, answerId });
    this.#run(peer, answerId, { ...requestOf(messages, settings), ...resume });
  }

  /** Another answer to the same question. */
  regenerate(peer: Asker, oldId: number, settings: AskSettings): void {
    const messages = requestMessages(this.state.get().turns, oldId);
    const answerId = this.#nextId++;
    this.#apply({ type: 'answer-regenerated', oldId, answerId });
    this.#run(peer, answerId, requestOf(messages, settings));
  }

  /** A conversation of its own that begins as this one did before `questionId`; this one stays as it is. */
  branch(questionId: number): void {
    const { turns, isPrivate } = this.state.get();
    const at = turns.findIndex(({ id }) => id === questionId);
    this.#show({ ...this.#empty(isPrivate), turns: turns.slice(0, Math.max(0, at)) });
  }

  /** Shows an answer that ran when an earlier page was closed; it is not gone on with yet. */
  reopen(peer: Asker, { request, text }: UnfinishedAnswer): void {
    const { turns } = this.state.get();
    const last = turns.at(-1);
    const isShown = isAnswerTo(turns, request);
    if (turns.length > 0 && !isShown) this.#show(this.#empty(false));
    const answerId = isShown ? last!.id : this.#nextId + request.messages.length;
    this.#nextId = Math.max(this.#nextId, answerId + 1);
    this.#apply(
      isShown
        ? { type: 'answer-resumed', id: answerId, text }
        : { type: 'answer-reopened', messages: request.messages, answerId, text },
    );
    this.#reopened = (isStopped) => this.#run(peer, answerId, request, isStopped);
  }

  /** Goes on with what was reopened, if anything was. False where there is nothing. */
  goOn(): boolean {
    const begin = this.#reopened;
    this.#reopened = undefined;
    begin?.(false);
    return begin !== undefined;
  }

  readonly stop = (): void => {
    const begin = this.#reopened;
    this.#reopened = undefined;
    if (begin) begin(true);
    else this.#abort?.abort();
  };

  /** Begins another one. */
  readonly clear = (isPrivate = false): void => {
    this.stop();
    this.#show(this.#empty(isPrivate));
  };

  /** Shows one that was kept. */
  readonly open = (kept: KeptTalk): void => {
    this.stop();
    const { id, title, createdAt, turns } = asKept(kept);
    this.#nextId = 1 + turns.reduce((most, turn) => Math.max(most, turn.id), 0);
    this.#show({ id, turns, createdAt, isPrivate: false, title: title === titleOf(turns) ? undefined : title });
  };

  /** It was deleted: nothing of it is written down again. */
  readonly forget = (): void => {
    this.stop();
    clearTimeout(this.#keepTimer);
    this.state.patch({ turns: [] });
    this.#show(this.#empty(false));
  };

  readonly rename = (title: string): void => {
    this.state.patch({ title: title.trim() || undefined });
    void this.#keepNow();
  };

  #empty(isPrivate: boolean): TalkState {
    return emptyTalk(isPrivate, this.#options.newId);
  }

  #show(talk: TalkState): void {
    void this.#keepNow();
    this.state.set(talk);
    this.#options.remember(talk.turns.length > 0 && !talk.isPrivate ? talk.id : undefined);
  }

  #apply(event: ConversationEvent): void {
    const { turns } = this.state.get();
    const next = applyConversation(turns, event);
    if (next === turns) return;
    this.state.patch({ turns: next });
    const { id, isPrivate } = this.state.get();
    if (isPrivate) return;
    if (turns.length === 0) this.#options.remember(id);
    if (event.type === 'text-received' || event.type === 'stats-received') {
      this.#keepTimer ??= setTimeout(() => void this.#keepNow(), KEEP_INTERVAL_MS);
    } else void this.#keepNow();
  }

  async #keepNow(): Promise<void> {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    const { id, turns, title, createdAt, isPrivate } = this.state.get();
    if (isPrivate || turns.length === 0) return;
    const talk = { id, turns, title: title ?? titleOf(turns), createdAt, updatedAt: Date.now() };
    // A browser that keeps nothing says so at the list; the conversation goes on.
    await this.#options.keep(talk).catch(() => {});
  }

  #run(peer: Asker, id: number, request: AskRequest, isStopped = false): void {
    const controller = new AbortController();
    if (isStopped) controller.abort();
    this.#abort = controller;
    const { id: talk } = this.state.get();
    // What comes for a conversation that is not shown any more is not this one's.
    const apply = (event: ConversationEvent): void => {
      if (this.state.get().id === talk) this.#apply(event);
    };
    let held = '';
    let hasText = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      if (held !== '') apply({ type: 'text-received', id, delta: held });
      held = '';
    };
    const handlers: AskHandlers = {
      onText: (delta) => {
        held += delta;
        hasText = true;
        timer ??= setTimeout(flush, DRAW_INTERVAL_MS);
      },
      onStats: (stats) => apply({ type: 'stats-received', id, stats }),
      onQueue: (queue) => apply({ type: 'queue-received', id, queue }),
      onPlan: (plan) => apply({ type: 'plan-received', id, plan }),
      onNotice: (notice) => apply({ type: 'notice-received', id, notice }),
      onCut: (tokenIds) => apply({ type: 'answer-cut', id, tokenIds }),
      onSettled: (settlement) => apply({ type: 'settlement-received', id, settlement }),
      signal: controller.signal,
    };
    const onLeftOut = (count: number): void => apply({ type: 'messages-left-out', id, count });
    askFitting(peer, request, handlers, { mayTry: () => !hasText, onLeftOut })
      .then(
        (answer) => {
          publishAnswer(answer);
          apply({ type: 'answer-finished', id, answer });
        },
        (error: unknown) => {
          flush();
          apply({ type: 'answer-failed', id, error });
        },
      )
      .finally(() => clearTimeout(timer));
  }
}

/**
 * Leaves out the oldest messages until the others have room in the model's context; `onLeftOut` is told how many. An answer that has
 * begun and meets the end of the context is not begun again.
 */
async function askFitting(
  peer: Asker,
  request: AskRequest,
  handlers: AskHandlers,
  { mayTry, onLeftOut }: { mayTry(): boolean; onLeftOut(count: number): void },
): Promise<Answer> {
  let { messages } = request;
  for (;;) {
    try {
      return await peer.ask({ ...request, messages }, handlers);
    } catch (thrown) {
      const error = PoolError.from(thrown);
      const fewer =
        mayTry() && error.code === 'context-exceeded' ? withoutOldest(messages, shareThatFits(error)) : undefined;
      if (!fewer) throw thrown;
      messages = fewer;
      onLeftOut(request.messages.length - messages.length);
    }
  }
}

/** The excess of what was too long, by the letter. What was not even counted is halved: a long conversation fits after a few tries. */
function shareThatFits({ data }: PoolError): number {
  const { maxContext, promptTokens } = data ?? {};
  return typeof maxContext === 'number' && typeof promptTokens === 'number' ? maxContext / promptTokens : 0.5;
}

const requestOf = (messages: ChatMessage[], { instructions, ...settings }: AskSettings): AskRequest => ({
  ...settings,
  messages: instructions ? [{ role: 'system', content: instructions }, ...messages] : messages,
});

/** Whether these turns end with an answer, or a part of one, to what was asked. */
export function isAnswerTo(turns: readonly Turn[], { messages }: Pick<AskRequest, 'messages'>): boolean {
  const last = turns.at(-1);
  return last?.role === 'assistant' && isSame(requestMessages(turns, last.id), messages);
}

/** What the system was told is no turn. */
function isSame(one: readonly { role: string; content: string }[], other: typeof one): boolean {
  const [said, asked] = [one, other].map((messages) => messages.filter(({ role }) => role !== 'system'));
  return (
    said!.length === asked!.length &&
    said!.every(({ role, content }, at) => role === asked![at]!.role && content === asked![at]!.content)
  );
}
