// What a step of the roster means for those who wait for answers: which rings broke, and which answer anew. Pure.
import { ringOf } from '../roster/coalitions.ts';
import type { PoolChange } from '../roster/live-roster.ts';

/** What a tab or a pool's maker wanted: whatever runs may end, so it is no failure. */
const isWanted = (event: PoolChange['event']): boolean => event === 'stage-drained' || event === 'policy-changed';

/**
 * Numbers of rings. One broke that answered, and whose coalition says now that it answers no more; one that its tabs were told to
 * finish did not. One begins that answers under an epoch that did not.
 */
export function findBreaks({ before, after, event }: PoolChange): { broken: number[]; begun: number[] } {
  const was = (before?.coalitions ?? []).filter(({ coalition }) => coalition.state === 'ready');
  const is = after?.coalitions ?? [];
  const broken = was.filter(({ coalition: { epoch } }) => {
    if (!after) return !isWanted(event);
    const now = is.find(({ coalition }) => coalition.epoch === epoch);
    return now?.coalition.state === 'broken' && !now.isRetired;
  });
  const known = new Set(was.map(({ coalition }) => coalition.epoch));
  const begun = is.filter(({ coalition: { state, epoch } }) => state === 'ready' && !known.has(epoch));
  return {
    broken: broken.map(({ coalition }) => ringOf(coalition)),
    begun: begun.map(({ coalition }) => ringOf(coalition)),
  };
}
