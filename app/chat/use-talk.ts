// The window's conversation, for the chat page.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TalkState } from './talk-state.ts';
import { isTalkStreaming, restoreTalk, shownTalk } from './window-talk.ts';

export function useTalk(): TalkState & { isStreaming: boolean; isRestored: boolean } {
  const state = useSyncExternalStore(shownTalk.subscribe, shownTalk.get, shownTalk.get);
  const [isRestored, setRestored] = useState(false);
  useEffect(() => {
    let isThere = true;
    restoreTalk().finally(() => isThere && setRestored(true));
    return () => {
      isThere = false;
    };
  }, []);
  return { ...state, isStreaming: isTalkStreaming(), isRestored };
}
