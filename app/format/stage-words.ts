// What a lending tab is in the middle of, in plain words: between whom it stands, and why nothing happens when nothing does. Pure.
import type { StageState } from '../../shard-worker/index.ts';
import { lendText } from '../text/english/lend.ts';
import { formatDevice } from './format-model.ts';

type Seen = Pick<StageState, 'phase' | 'coalition' | 'served' | 'reserve' | 'poolState' | 'peer'>;

/** Undefined while something happens, or where the planner says it better. */
export function quietLine({ phase, coalition, served, reserve, poolState }: Seen): string | undefined {
  const { quiet } = lendText.live;
  if (phase === 'waiting' && poolState === 'ready') return reserve ? quiet.reserve : quiet.othersServe;
  if (phase !== 'serving' || !coalition) return undefined;
  if (coalition.state === 'broken') return quiet.broken;
  if (coalition.state === 'forming') {
    return quiet.othersLoad(coalition.seats.filter(({ ready }) => ready).length, coalition.seats.length);
  }
  // A session may rest between two questions.
  if ((served.tokensPerSecond.at(-1) ?? 0) > 0) return undefined;
  return served.answers === 0 ? quiet.nobodyYet : quiet.nobodyNow;
}

/** Undefined without a seat. */
export function neighbourLine({ coalition, peer }: Seen): string | undefined {
  const { alone, first, middle, last } = lendText.live.neighbours;
  const seats = coalition?.seats ?? [];
  const at = seats.findIndex((seat) => seat.peer === peer);
  if (at < 0) return undefined;
  const [before, next] = [seats[at - 1], seats[at + 1]].map((seat) => seat && formatDevice(seat.device));
  if (before === undefined) return next === undefined ? alone : first(next);
  return next === undefined ? last(before) : middle(before, next);
}
