// Asks the chat peer and keeps the conversation, in memory only: what an answer under way needs is kept by the peer. The rules are in conversation.ts.
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { AskHandlers, AskRequest, ChatPeer, UnfinishedAnswer } from '../../shard-worker/index.ts';
import { applyConversation, requestMessages, streamingTurn, type Turn } from './conversation.ts';
import { publishAnswer } from './publish-answer.ts';

export interface Conversation {
  turns: readonly Turn[];
  streaming: boolean;
  ask(peer: ChatPeer, text: string, settings: Omit<AskRequest, 'messages'>): void;
  /** Asks again for an answer that failed; the question stays where it is. */
  retry(peer: ChatPeer, failedId: number, settings: Omit<AskRequest, 'messages'>): void;
  /** Shows an answer that ran when an earlier page was closed; it is not gone on with yet. */
  reopen(peer: ChatPeer, unfinished: UnfinishedAnswer): void;
  /** Goes on with what was reopened, if anything was. False where there is nothing. */
  goOn(): boolean;
  stop(): void;
  clear(): void;
}

/** Text is drawn at most this often: at 200 tokens per second, parsing Markdown per token would be all a tab does. */
const DRAW_INTERVAL_MS = 40;

export function useConversation(): Conversation {
  const [turns, dispatch] = useReducer(applyConversation, []);
  const abort = useRef<AbortController | undefined>(undefined);
  const nextId = useRef(1);
  /** Begins what was reopened, or says that nobody wants it any more. */
  const reopened = useRef<((isStopped: boolean) => void) | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const run = useCallback((peer: ChatPeer, id: number, request: AskRequest, isStopped = false) => {
    const controller = new AbortController();
    if (isStopped) controller.abort();
    abort.current = controller;
    let held = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      if (held !== '') dispatch({ type: 'text-received', id, delta: held });
      held = '';
    };
    const handlers: AskHandlers = {
      onText: (delta) => {
        held += delta;
        timer ??= setTimeout(flush, DRAW_INTERVAL_MS);
      },
      onStats: (stats) => dispatch({ type: 'stats-received', id, stats }),
      onQueue: (queue) => dispatch({ type: 'queue-received', id, queue }),
      onPlan: (plan) => dispatch({ type: 'plan-received', id, plan }),
      onNotice: (notice) => dispatch({ type: 'notice-received', id, notice }),
      onCut: (tokenIds) => dispatch({ type: 'answer-cut', id, tokenIds }),
      onSettled: (settlement) => dispatch({ type: 'settlement-received', id, settlement }),
      signal: controller.signal,
    };
    peer
      .ask(request, handlers)
      .then(
        (answer) => {
          publishAnswer(answer);
          dispatch({ type: 'answer-finished', id, answer });
        },
        (error: unknown) => {
          flush();
          dispatch({ type: 'answer-failed', id, error });
        },
      )
      .finally(() => clearTimeout(timer));
  }, []);

  const ask: Conversation['ask'] = (peer, text, settings) => {
    const questionId = nextId.current++;
    const answerId = nextId.current++;
    const messages = requestMessages([...turns, { id: questionId, role: 'user', text }]);
    dispatch({ type: 'question-asked', questionId, answerId, text });
    run(peer, answerId, { ...settings, messages });
  };

  const retry: Conversation['retry'] = (peer, failedId, settings) => {
    const answerId = nextId.current++;
    const messages = requestMessages(turns, failedId);
    const failed = turns.find((turn) => turn.id === failedId);
    const resume = failed?.role === 'assistant' && failed.cut ? { resume: failed.cut } : {};
    dispatch({ type: 'answer-retried', failedId, answerId });
    run(peer, answerId, { ...settings, messages, ...resume });
  };

  const reopen: Conversation['reopen'] = (peer, { request, text }) => {
    const { messages } = request;
    const answerId = nextId.current + messages.length;
    nextId.current = answerId + 1;
    dispatch({ type: 'answer-reopened', messages, answerId, text });
    reopened.current = (isStopped) => run(peer, answerId, request, isStopped);
  };

  const goOn: Conversation['goOn'] = () => {
    const begin = reopened.current;
    reopened.current = undefined;
    begin?.(false);
    return begin !== undefined;
  };

  const stop = () => {
    const begin = reopened.current;
    reopened.current = undefined;
    if (begin) begin(true);
    else abort.current?.abort();
  };

  const clear = () => {
    stop();
    dispatch({ type: 'conversation-cleared' });
  };

  return {
    turns,
    streaming: streamingTurn(turns) !== undefined,
    ask,
    retry,
    reopen,
    goOn,
    stop,
    clear,
  };
}
