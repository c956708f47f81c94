// What this window keeps of its conversation, whatever page it shows and after a reload: the one instance of each.
import type { PoolRef } from '../../protocol/ids.ts';
import type { ChatPeer, UnfinishedAnswer } from '../../shard-worker/index.ts';
import { KeptPeer } from './kept-peer.ts';
import { openTalkKeeper } from './kept-talks.ts';
import { isAnswerTo, Talk } from './talk.ts';

const TALK = 'computepool.talk';
const DRAFT = 'computepool.draft';

/** `sessionStorage` is this tab's own; a browser that has none, or is told to keep nothing, forgets. */
function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Nothing is lost but what a reload would have found.
  }
}
function recall(name: string): string | undefined {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export const talkKeeper = openTalkKeeper();

export const talk = new Talk({ keep: talkKeeper.keep, remember: (id) => remember(TALK, id) });

let restoring: Promise<void> | undefined;

/** Shows the conversation that this tab showed before it was loaded again; once. */
export function restoreTalk(): Promise<void> {
  restoring ??= (async () => {
    const id = recall(TALK);
    if (id === undefined || talk.state.get().turns.length > 0) return;
    const kept = await talkKeeper.read(id).catch(() => undefined);
    if (kept && talk.state.get().turns.length === 0) talk.open(kept);
  })();
  return restoring;
}

/** Among the newest ones: the page may have been closed and opened anew, which no tab's own memory outlives. */
const MOST_LOOKED_AT = 20;

/** Shows what ran when an earlier page was closed, in the conversation that it was asked in. */
export async function reopenTalk(peer: ChatPeer, unfinished: UnfinishedAnswer): Promise<void> {
  const newest = await talkKeeper.list().catch(() => []);
  const own = newest.slice(0, MOST_LOOKED_AT).find(({ turns }) => isAnswerTo(turns, unfinished.request));
  if (talk.isStreaming) return;
  if (own && !isAnswerTo(talk.state.get().turns, unfinished.request)) talk.open(own);
  talk.reopen(peer, unfinished);
}

/** What was written and not sent. */
export const recallDraft = (): string => recall(DRAFT) ?? '';
export const rememberDraft = (text: string): void => remember(DRAFT, text || undefined);

async function open(pool: PoolRef): Promise<ChatPeer> {
  const { openChatPeer } = await import('../../shard-worker/index.ts');
  return openChatPeer({ pool });
}

export const chatPeer = new KeptPeer(open, () => talk.isStreaming);
