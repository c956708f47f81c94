// A tab that asks: watches a pool's coalition and drives sessions through it.
import type { ModelRef } from '../../protocol/ids.ts';
import type { Answer, AskHandlers, AskRequest, ChatState } from './peer-state.ts';
import type { Store } from './store.ts';

export interface ChatPeer {
  readonly state: Store<ChatState>;
  /** Streams an answer. Rejects with `PoolError`. One at a time per peer object is enough for a page. */
  ask(request: AskRequest, handlers?: AskHandlers): Promise<Answer>;
  close(): void;
}

export function openChatPeer(_options: { model: ModelRef }): ChatPeer {
  throw new Error('in the making');
}
