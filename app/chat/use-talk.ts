// The window's conversation, for the chat page.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TalkState } from './talk.ts';
import { restoreTalk, talk } from './window-talk.ts';

export function useTalk(): TalkState & { isStreaming: boolean; isRestored: boolean } {
  const state = useSyncExternalStore(talk.state.subscribe, talk.state.get, talk.state.get);
  const [isRestored, setRestored] = useState(false);
  useEffect(() => {
    let isThere = true;
    restoreTalk().finally(() => isThere && setRestored(true));
    return () => {
      isThere = false;
    };
  }, []);
  return { ...state, isStreaming: talk.isStreaming, isRestored };
}
