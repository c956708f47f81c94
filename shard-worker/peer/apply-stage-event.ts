// Leads the life of a lending tab on as a pure reducer: (life, event) -> (life, effects). Workers, sockets and timers are the
// caller's. What concerns one epoch is in `change-epochs.ts`, how it leaves in `drain-stage.ts`.
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { SignedPayout } from '../../protocol/payout.ts';
import {
  failDevice,
  failSlice,
  forgetEpoch,
  hearCoalition,
  linkAgain,
  noteBroken,
  noteLinked,
  noteLoaded,
  noteServing,
  noteUnlinked,
  retireEpoch,
} from './change-epochs.ts';
import { hearWhileLeaving, leaveWhenDone, leaveWhenIdle } from './drain-stage.ts';
import { endReserve, holdInReserve, noteReserve } from './hold-reserve.ts';
import { fail, isOver, type StageEvent, type StageLife, type StageStep, same, show } from './stage-life.ts';

/** One event. Never throws; what comes for a life that is over, or for an epoch that is, changes nothing. */
export function applyStageEvent(life: StageLife, event: StageEvent): StageStep {
  if (isOver(life)) return same(life);
  switch (event.type) {
    case 'identity-kept':
      return same(show(life, { peer: event.peer, phase: 'reading-model' }));
    case 'backend-chosen':
      return same(noteBackend(life, event));
    case 'model-read':
      return same(show(life, { manifest: event.manifest, phase: 'probing' }));
    case 'layer-probed':
      return offer(life, event);
    case 'server-welcomed':
      return greet(life);
    case 'server-lost':
      return loseServer(life, event);
    case 'message-heard':
      return life.shown.leaving ? hearWhileLeaving(life, event.message) : hear(life, event.message);
    case 'broker-opened':
      return sayOffer(life, event.payout);
    case 'broker-failed':
      // The server went meanwhile: its next welcome opens the broker again.
      return life.shown.away ? same(life) : fail(life, event.error);
    case 'slice-loaded':
      return noteLoaded(life, event.epoch, event.msPerLayer);
    case 'slice-failed':
      return failSlice(life, event.epoch, event.error);
    case 'epoch-served':
      return noteServing(life, event.epoch);
    case 'epoch-retired':
      return leaveWhenDone(forgetEpoch(life, event.epoch), event.hadSessions);
    case 'link-proved':
      return noteLinked(life, event.epoch, event.peer);
    case 'link-failed':
      return noteUnlinked(life, event.epoch, event.peer, event.error);
    case 'link-broken':
      return noteBroken(life, event.epoch, event.peer);
    case 'exit-link-due':
      return linkAgain(life, event.epoch);
    case 'runtime-progressed':
      return same(show(life, { runtime: event.progress }));
    case 'slice-progressed':
      return noteProgress(life, event.progress);
    case 'reserve-progressed':
      return same(noteReserve(life, event.progress));
    case 'reserve-ended':
      return endReserve(life, event.ended);
    case 'work-served':
      return same(noteServed(life, event.served));
    case 'receipts-signed':
      return same(countAnswer(life, event));
    case 'neighbours-late':
      return same(show(life, { late: event.peers }));
    case 'links-measured':
      return same({ ...life, rtts: event.rtts });
    case 'device-failed':
      return failDevice(life, event.error);
    case 'run-failed':
      return fail(life, event.error);
    case 'leave-asked':
      return leaveWhenIdle(life, event);
    case 'tab-left':
      return { life: show(life, { phase: 'left' }), effects: [{ type: 'end' }] };
  }
}

function noteBackend(life: StageLife, event: StageEvent & { type: 'backend-chosen' }): StageLife {
  const { backend, device, note, noteCode } = event;
  return show(life, { backend, device, ...(note ? { note } : {}), ...(noteCode ? { noteCode } : {}) });
}

function offer(life: StageLife, { msPerLayer, memoryBytes }: StageEvent & { type: 'layer-probed' }): StageStep {
  const { manifest, backend, device } = life.shown;
  if (!manifest || !backend || device === undefined) {
    return fail(life, new PoolError('internal', 'A layer was timed before there was a model.'));
  }
  const capability = { msPerLayer, memoryBytes, backend, device };
  const next = show({ ...life, offer: { manifest, capability } }, { msPerLayer, memoryBytes, phase: 'waiting' });
  return { life: next, effects: [{ type: 'connect' }] };
}

function greet(life: StageLife): StageStep {
  const { away: _back, ...shown } = life.shown;
  // A server that knows nothing of a tab that leaves gives it nothing.
  return { life: { ...life, shown }, effects: shown.leaving ? [] : [{ type: 'open-broker' }] };
}

/** After a reconnection the server knows this tab no more: the epochs that it was in have gone on without it. */
function sayOffer(life: StageLife, payout: SignedPayout | undefined): StageStep {
  const { pool, offer: told, live } = life;
  if (!told || life.shown.leaving) return same(life);
  const retired = [...live.keys()].map((epoch) => ({ type: 'retire-epoch', epoch }) as const);
  return {
    life: show(
      { ...life, live: new Map(), retiring: new Set([...life.retiring, ...live.keys()]) },
      { phase: 'waiting', ...(payout ? { payoutAddress: payout.address } : {}) },
    ),
    effects: [...retired, { type: 'say', message: { type: 'offer', pool, ...told, ...(payout ? { payout } : {}) } }],
  };
}

function loseServer(life: StageLife, { error, isFinal, away }: StageEvent & { type: 'server-lost' }): StageStep {
  const step = isFinal ? fail(life, error) : same(show(life, { phase: 'connecting', away }));
  return { ...step, effects: [{ type: 'cancel-jobs' }, ...step.effects] };
}

function hear(life: StageLife, message: ServerMessage): StageStep {
  switch (message.type) {
    case 'coalition':
      return hearCoalition(life, message.coalition, message.ticket);
    case 'warm':
      return holdInReserve(life, message);
    case 'retire':
      return retireEpoch(life, message.epoch);
    case 'job-start':
      return { life, effects: [{ type: 'start-job', message }] };
    case 'job-cancel':
      return { life, effects: [{ type: 'cancel-job', message }] };
    case 'receipt-request':
      return { life, effects: [{ type: 'sign-receipts', message }] };
    case 'pools': {
      const own = message.pools.find(({ pool }) => pool === life.pool);
      if (!own) return same(life);
      const { reason: waitsFor, why: waitsWhy, state: poolState, policy, price } = own;
      return same(show(life, { waitsFor, waitsWhy, poolState, policy, price }));
    }
    case 'error':
      // An offer that is refused would leave this tab waiting for ever; a member's mishap is the planner's to mend.
      return life.joined.size === 0 ? fail(life, PoolError.from(message.error)) : same(life);
    default:
      return same(life);
  }
}

function noteProgress(life: StageLife, progress: (StageEvent & { type: 'slice-progressed' })['progress']): StageStep {
  const { slice } = life.shown;
  const { epoch, loadedBytes } = progress;
  if (slice?.epoch !== epoch) return same(life);
  const message = { type: 'load-progress', pool: life.pool, epoch, loadedBytes } as const;
  return { life: show(life, { slice: { ...slice, ...progress } }), effects: [{ type: 'say', message }] };
}

/** Tokens of the last second, for a minute. */
const SHOWN_SECONDS = 60;

function noteServed(life: StageLife, served: (StageEvent & { type: 'work-served' })['served']): StageLife {
  const before = life.shown.served;
  const tokensPerSecond = [...before.tokensPerSecond, served.tokens - before.tokens].slice(-SHOWN_SECONDS);
  return show(life, { served: { ...before, ...served, tokensPerSecond } });
}

/** A server asks for the receipts of an answer once, and again where it lost this tab meanwhile. */
const COUNTED_ANSWERS = 64;

function countAnswer(life: StageLife, { job, epoch, tokens }: StageEvent & { type: 'receipts-signed' }): StageLife {
  // Before a coalition serves, what runs over it is a trial.
  const isTrial = life.live.get(epoch)?.coalition.state === 'forming';
  if (isTrial || life.counted.some((other) => other.job === job && other.epoch === epoch)) return life;
  const isNew = life.counted.every((other) => other.job !== job);
  const { served } = life.shown;
  const counted = [...life.counted, { job, epoch }].slice(-COUNTED_ANSWERS);
  const answers = served.answers + Number(isNew);
  return show({ ...life, counted }, { served: { ...served, answers, answerTokens: served.answerTokens + tokens } });
}
