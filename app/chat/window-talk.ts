// What this window keeps of its conversation, whatever page it shows and after a reload: the one instance of each.
import type { PoolRef } from '../../protocol/ids.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { ChatPeer, UnfinishedAnswer } from '../../shard-worker/index.ts';
import { fetchPart } from '../state/fetch-part.ts';
import { recallSite } from '../state/heard-site.ts';
import { LazyPart } from '../state/lazy-part.ts';
import { KeptPeer } from './kept-peer.ts';
import type { KeptTalk } from './kept-talks.ts';
import type { Talk } from './talk.ts';
import type { TalkKeeper } from './talk-keeper.ts';
import { emptyTalk, streamingTurn, type TalkState } from './talk-state.ts';

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

let opening: Promise<TalkKeeper> | undefined;

/** Fetched when somebody may ask, or shows what was kept. */
function keeper(): Promise<TalkKeeper> {
  opening ??= fetchPart(import('./talk-keeper.ts')).then(
    ({ openTalkKeeper }) => openTalkKeeper(),
    (thrown) => {
      opening = undefined;
      throw thrown;
    },
  );
  return opening;
}

export const talkKeeper: TalkKeeper = {
  list: async () => (await keeper()).list(),
  read: async (id) => (await keeper()).read(id),
  readAll: async () => (await keeper()).readAll(),
  keep: async (kept) => (await keeper()).keep(kept),
  remove: async (id) => (await keeper()).remove(id),
};

/** What is shown of the conversation. */
export const shownTalk = new ValueStore<TalkState>(emptyTalk(false));
export const isTalkStreaming = (): boolean => streamingTurn(shownTalk.get().turns) !== undefined;

/** Who acts on it. */
export const actingTalk = new LazyPart(async () => {
  const { Talk } = await import('./talk.ts');
  return new Talk({ state: shownTalk, keep: talkKeeper.keep, remember: (id) => remember(TALK, id) });
});

async function fetchTalk(): Promise<Talk | undefined> {
  await actingTalk.load();
  return actingTalk.state.get();
}

/** At once where it is there, else as soon as it is. */
export function withTalk(act: (talk: Talk) => void): void {
  const talk = actingTalk.state.get();
  if (talk) act(talk);
  else void fetchTalk().then((fetched) => fetched && act(fetched));
}

let restoring: Promise<void> | undefined;

/** Shows the conversation that this tab showed before it was loaded again; once. */
export function restoreTalk(): Promise<void> {
  restoring ??= (async () => {
    const id = recall(TALK);
    if (id === undefined || shownTalk.get().turns.length > 0) return;
    const [kept, talk] = await Promise.all([talkKeeper.read(id).catch(() => undefined), fetchTalk()]);
    if (kept && shownTalk.get().turns.length === 0) talk?.open(kept);
  })();
  return restoring;
}

/** Among the newest ones: the page may have been closed and opened anew, which no tab's own memory outlives. */
const MOST_LOOKED_AT = 20;

/** Shows what ran when an earlier page was closed, in the conversation that it was asked in. */
export async function reopenTalk(peer: ChatPeer, unfinished: UnfinishedAnswer): Promise<void> {
  const [own, talk] = await Promise.all([askedIn(unfinished).catch(() => undefined), fetchTalk()]);
  if (!talk || talk.isStreaming) return;
  const { isAnswerTo } = await import('./talk.ts');
  if (own && !isAnswerTo(talk.state.get().turns, unfinished.request)) talk.open(own);
  talk.reopen(peer, unfinished);
}

async function askedIn({ request }: UnfinishedAnswer): Promise<KeptTalk | undefined> {
  const { isAnswerTo } = await import('./talk.ts');
  for (const { id } of (await talkKeeper.list()).slice(0, MOST_LOOKED_AT)) {
    const kept = await talkKeeper.read(id);
    if (kept && isAnswerTo(kept.turns, request)) return kept;
  }
  return undefined;
}

/** All tabs of this browser: which of them left an answer under way, its peer finds out. */
const ASKING = 'computepool.asking';
let wasStreaming = false;
shownTalk.subscribe(() => {
  const isStreaming = isTalkStreaming();
  if (isStreaming === wasStreaming) return;
  wasStreaming = isStreaming;
  try {
    if (isStreaming) localStorage.setItem(ASKING, '1');
    else localStorage.removeItem(ASKING);
  } catch {
    // What was left is found once somebody touches the page.
  }
});

let wasAsking: boolean | undefined;

/** An earlier page may have been closed while an answer ran: its peer must be opened to go on. The next window does not ask again. */
export function mayBeUnfinished(): boolean {
  try {
    wasAsking ??= localStorage.getItem(ASKING) !== null;
    localStorage.removeItem(ASKING);
  } catch {
    wasAsking ??= false;
  }
  return wasAsking;
}

/** What was written and not sent. */
export const recallDraft = (): string => recall(DRAFT) ?? '';
export const rememberDraft = (text: string): void => remember(DRAFT, text || undefined);

async function open(pool: PoolRef): Promise<ChatPeer> {
  // What is asked is kept from its first word on. A browser that cannot says so at the list.
  keeper().catch(() => {});
  const { openChatPeer } = await fetchPart(import('../../shard-worker/index.ts'));
  const heard = recallSite();
  return openChatPeer({ pool, ...(heard ? { config: heard.config } : {}) });
}

export const chatPeer = new KeptPeer(open, isTalkStreaming);
