// What a page shows of its pool before the peer that asks is there, and while that one gets to know the server. Pure.
import type { ChatState } from '../../shard-worker/index.ts';

/** Whether the asking peer knows as much by itself as was seen by only watching. */
export const hasCaughtUp = ({ phase }: ChatState, watched: ChatState | undefined): boolean =>
  phase === 'ready' || phase === 'failed' || !watched || phase === watched.phase;

/** The pool as it was seen, with what the peer alone knows: the model in this tab, and what an earlier page left. */
export function shownBefore(own: ChatState | undefined, watched: ChatState | undefined): ChatState | undefined {
  if (!own || !watched || hasCaughtUp(own, watched)) return own ?? watched;
  const { coalition: _none, ...rest } = own;
  const { phase, pools, coalition } = watched;
  return { ...rest, phase, pools, ...(coalition ? { coalition } : {}) };
}
