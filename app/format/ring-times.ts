// What is known of the times in a pool's ring: measured in its last answer, else from each tab's own probe. Pure.

import type { PoolLive } from '../../protocol/http/pool-state.ts';
import { stepMsOf } from '../../protocol/job.ts';

export interface RingTimes {
  source: 'answer' | 'probe' | 'none';
  /** Milliseconds per token at each seat. */
  stageMs: (number | undefined)[];
  /** Into each seat, and last the one back to the asker. */
  hopMs: (number | undefined)[];
}

type Coalition = NonNullable<PoolLive['serving']>;

export function readRingTimes(
  { epoch, seats }: Pick<Coalition, 'epoch' | 'seats'>,
  { members, recent }: Pick<PoolLive, 'members' | 'recent'>,
): RingTimes {
  // Times of another coalition would stand at the wrong tabs.
  const last = recent.find(
    ({ outcome }) =>
      (outcome.epoch === undefined || outcome.epoch === epoch) &&
      outcome.route?.length === seats.length &&
      outcome.route.every((stop, index) => stop.start === seats[index]?.start && stop.end === seats[index]?.end),
  )?.outcome;
  if (last?.route && seats.length > 0) {
    return {
      source: 'answer',
      stageMs: last.route.map(stepMsOf),
      hopMs: [...last.route.map((stop) => stop.hopMs), last.returnHopMs],
    };
  }
  const probes = new Map(members.map((member) => [member.peer, member.msPerLayer]));
  const stageMs = seats.map(({ peer, start, end }) => {
    const msPerLayer = probes.get(peer);
    return msPerLayer === undefined ? undefined : msPerLayer * (end - start);
  });
  return { source: stageMs.some((ms) => ms !== undefined) ? 'probe' : 'none', stageMs, hopMs: [] };
}
