// How a lending tab leaves without cutting an answer: the server gives it nothing new, what runs through it ends, then it goes. Pure;
// part of `apply-stage-event.ts`.
import type { ServerMessage } from '../../protocol/control.ts';
import { retireEpoch } from './change-epochs.ts';
import { type StageEvent, type StageLife, type StageStep, same, show } from './stage-life.ts';

/** The server asks for receipts of an answer when it has heard that it is over: so long a tab that computed for it stays. */
const RECEIPTS_MS = 2_000;

/** At once where nothing can run through it. */
export function leaveWhenIdle(life: StageLife, { nowMs, untilMs }: StageEvent & { type: 'leave-asked' }): StageStep {
  if (life.shown.leaving) return same(life);
  const leaving = show(life, { leaving: { untilMs } });
  if (life.live.size === 0 && life.retiring.size === 0) {
    return { life: show(leaving, { phase: 'left' }), effects: [{ type: 'end' }] };
  }
  const effects: StageStep['effects'][number][] = [
    { type: 'say', message: { type: 'drain' } },
    { type: 'leave-later', ms: untilMs - nowMs },
  ];
  let next = leaving;
  for (const epoch of life.live.keys()) {
    const step = retireEpoch(next, epoch);
    next = step.life;
    effects.push(...step.effects);
  }
  return { life: next, effects };
}

/** An epoch was let go: it was the last one, and the tab leaves. */
export function leaveWhenDone(step: StageStep, hadSessions: boolean): StageStep {
  const { life, effects } = step;
  if (!life.shown.leaving || life.retiring.size > 0) return step;
  return { life, effects: [...effects, { type: 'leave-later', ms: hadSessions ? RECEIPTS_MS : 0 }] };
}

/** Answers that are on their way may end, and are signed for; a seat is taken no more. */
export function hearWhileLeaving(life: StageLife, message: ServerMessage): StageStep {
  switch (message.type) {
    case 'job-start':
      return { life, effects: [{ type: 'start-job', message }] };
    case 'job-cancel':
      return { life, effects: [{ type: 'cancel-job', message }] };
    case 'receipt-request':
      return { life, effects: [{ type: 'sign-receipts', message }] };
    case 'coalition':
      // Tickets of what runs are told again before they expire.
      return life.retiring.has(message.coalition.epoch)
        ? { life, effects: [{ type: 'hold-ticket', epoch: message.coalition.epoch, ticket: message.ticket }] }
        : same(life);
    default:
      return same(life);
  }
}
