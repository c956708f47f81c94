// A tab that asks, for a page: one state to draw, asks, and close.
import type { SiteConfig } from '../../protocol/http/config.ts';
import type { PoolRef } from '../../protocol/ids.ts';
import type { Store } from '../../protocol/value-store.ts';
import type { Host } from '../host/host.ts';
import { EMPTY_SHELF } from '../host/keep-unfinished.ts';
import type { Answer, AskHandlers, AskRequest, ChatState } from '../words/peer-state.ts';
import { ChatRun } from './chat-run.ts';

export interface ChatPeer {
  readonly state: Store<ChatState>;
  /** Streams an answer. Rejects with `PoolError`. One at a time per peer object is enough for a page. */
  ask(request: AskRequest, handlers?: AskHandlers): Promise<Answer>;
  /**
   * Loads the whole model into this tab, so that the planner may let it answer alone. `ChatState.local` shows how far it
   * is. Once is enough; rejects with what the download or the runtime failed with.
   */
  prepareLocal(): Promise<void>;
  close(): void;
}

export interface ChatPeerOptions {
  pool: PoolRef;
  /** The site; default is the page's own. */
  origin?: string;
  /** What the page has heard of the site; default is to ask it. With it a tab opens where the server is away. */
  config?: SiteConfig;
  /** No page that comes after this one finds what was asked, nor goes on with it. */
  isPrivate?: boolean;
}

export const openChatPeer = (host: Host, { isPrivate = false, ...options }: ChatPeerOptions): ChatPeer =>
  new ChatRun(host, options, isPrivate ? EMPTY_SHELF : host.unfinished);
