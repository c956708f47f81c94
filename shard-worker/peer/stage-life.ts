// The life of a lending tab: what it knows, what can happen to it and what it then does. Types, the beginning, and what a
// heartbeat says of it. Pure; `apply-stage-event.ts` leads it on, `stage-run.ts` does what comes out.
import type { Backend, Capability, ClientMessage, Coalition, Seat, ServerMessage } from '../../protocol/control.ts';
import type { ErrorShape, PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { LentMemory } from '../../protocol/lend-memory.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { SignedPayout } from '../../protocol/payout.ts';
import type { DeviceNote, ServedState, ServerAway, StageState } from '../words/peer-state.ts';
import type { StageAssignment, WarmSlices, WorkerEvents } from '../worker/worker-api.ts';
import { shownError } from './site.ts';

/** An epoch that this tab is a member of and that is not over. */
export interface LiveEpoch {
  readonly epoch: number;
  /** As the server told it last. */
  readonly coalition: Coalition;
  readonly seats: readonly Seat[];
  /** Index of its own seat. */
  readonly stage: number;
  /** The slice is loaded; so fast it computes, milliseconds per layer. */
  readonly msPerLayer?: number;
  /** The link to the next stage is proved, or there is none. */
  readonly isLinked: boolean;
  /** At the entry of three and more: the link to the exit, over which results come. None: it is to be made when it serves. */
  readonly exitLink?: 'asked' | 'proved';
  /** `stuck`: it could not be made; the server decides what follows. */
  readonly phase: 'forming' | 'serving' | 'stuck';
}

export interface StageLife {
  readonly pool: PoolId;
  /** What it lends beside the memory that it offers. */
  readonly lends: Omit<LentMemory, 'memoryBytes'>;
  /** What it offers, once it has measured itself. */
  readonly offer?: { readonly manifest: ModelManifest; readonly capability: Capability & { memoryBytes: number } };
  /** Epochs that ever gave it a seat: one that is told again is not joined again. */
  readonly joined: ReadonlySet<number>;
  readonly live: ReadonlyMap<number, LiveEpoch>;
  /** Epochs that are over and over which something may run still. */
  readonly retiring: ReadonlySet<number>;
  /** Round trips to neighbours, as its links measured them last. */
  readonly rtts: WorkerEvents['links']['rtts'];
  /** Answers that were counted last, one for each epoch that they ran over: a server may ask for their receipts again. */
  readonly counted: readonly { readonly job: JobId; readonly epoch: number }[];
  readonly shown: StageState;
}

export type StageEvent =
  | { type: 'identity-kept'; peer: PeerId }
  /** At first by what the browser has, then by what computes the model rightly. */
  | { type: 'backend-chosen'; backend: Backend; device: string; note?: string; noteCode?: DeviceNote }
  | { type: 'model-read'; manifest: ModelManifest }
  | { type: 'layer-probed'; msPerLayer: number; memoryBytes: number }
  /** The control socket is up: the server knows this tab, and nothing of what it was before. */
  | { type: 'server-welcomed' }
  /** The control socket broke; `isFinal`: another try would be refused again. */
  | { type: 'server-lost'; error: PoolError; isFinal: boolean; away: ServerAway }
  | { type: 'message-heard'; message: ServerMessage }
  /** Other peers can reach this one; `payout`: where it wants to be paid, if its person said so. */
  | { type: 'broker-opened'; payout?: SignedPayout | undefined }
  /** It refused this tab, or was not there. */
  | { type: 'broker-failed'; error: PoolError }
  | { type: 'slice-loaded'; epoch: number; msPerLayer: number }
  | { type: 'slice-failed'; epoch: number; error: PoolError }
  | { type: 'epoch-served'; epoch: number }
  /** `hadSessions`: somebody computed over it, or might have. */
  | { type: 'epoch-retired'; epoch: number; hadSessions: boolean }
  | { type: 'link-proved'; epoch: number; peer: PeerId }
  /** A link could not be made. */
  | { type: 'link-failed'; epoch: number; peer: PeerId; error: PoolError }
  /** A link that was proved is gone. */
  | { type: 'link-broken'; epoch: number; peer: PeerId }
  /** Some time has passed since the link to the exit broke. */
  | { type: 'exit-link-due'; epoch: number }
  | { type: 'runtime-progressed'; progress: WorkerEvents['runtime-progress'] }
  | { type: 'slice-progressed'; progress: WorkerEvents['load-progress'] }
  | { type: 'reserve-progressed'; progress: WorkerEvents['warm-progress'] }
  /** Layers that the server asked it to hold in reserve are there, or could not be had. */
  | { type: 'reserve-ended'; ended: WorkerEvents['warm-ended'] }
  | { type: 'work-served'; served: WorkerEvents['served'] }
  /** It had receipts of a job that is being settled, over so many positions. */
  | { type: 'receipts-signed'; job: JobId; epoch: number; tokens: number }
  | { type: 'neighbours-late'; peers: readonly PeerId[] }
  | { type: 'links-measured'; rtts: WorkerEvents['links']['rtts'] }
  /** The worker cannot compute any more. */
  | { type: 'device-failed'; error: PoolError }
  /** Something that this tab cannot do without. */
  | { type: 'run-failed'; error: PoolError }
  /** Its person wants it to leave when what runs has ended, and then at the latest. */
  | { type: 'leave-asked'; nowMs: number; untilMs: number }
  | { type: 'tab-left' };

/** What the run does; an outcome that matters comes back as an event. */
export type StageEffect =
  | { type: 'connect' }
  /** Then `broker-opened` or `broker-failed`. */
  | { type: 'open-broker' }
  | { type: 'say'; message: ClientMessage }
  | { type: 'hold-ticket'; epoch: number; ticket: string }
  /** Then `slice-loaded` or `slice-failed`. */
  | { type: 'load-slice'; assignment: StageAssignment }
  /** Then `reserve-ended` for each. */
  | { type: 'warm-slices'; slices: WarmSlices }
  /** No longer to others, but for links that are there. */
  | { type: 'hold-connections'; peers: readonly PeerId[] }
  /** Then `link-proved` or `link-failed`. */
  | { type: 'link'; epoch: number; peer: PeerId }
  /** Then `epoch-served` or `slice-failed`. */
  | { type: 'serve-epoch'; epoch: number }
  /** A heartbeat when the new links have measured their round trips. */
  | { type: 'beat-later' }
  /** Jobs of the server are driven over this coalition from now on. */
  | { type: 'drive-over'; epoch: number; seats: readonly Seat[] }
  /** The server has tried it: answers go over it. */
  | { type: 'coalition-serves'; epoch: number }
  | { type: 'drop-coalition'; epoch: number; error: ErrorShape }
  /** Then `exit-link-due`. */
  | { type: 'link-exit-later'; epoch: number }
  /** Then `epoch-retired`. */
  | { type: 'retire-epoch'; epoch: number }
  | { type: 'start-job'; message: ServerMessage & { type: 'job-start' } }
  | { type: 'cancel-job'; message: ServerMessage & { type: 'job-cancel' } }
  /** Nobody hears the server's jobs any more. */
  | { type: 'cancel-jobs' }
  | { type: 'sign-receipts'; message: ServerMessage & { type: 'receipt-request' } }
  /** Then `tab-left`. */
  | { type: 'leave-later'; ms: number }
  /** Leaves the server and frees everything. */
  | { type: 'end' };

export interface StageStep {
  readonly life: StageLife;
  readonly effects: readonly StageEffect[];
}

const NOTHING_SERVED: ServedState = {
  ...{ answers: 0, answerTokens: 0, sessions: 0, tokens: 0, stepMs: 0, tokensPerSecond: [], bytesIn: 0, bytesOut: 0 },
};

/** A tab that has just been opened. */
export const newStageLife = (pool: PoolId, lends: StageLife['lends']): StageLife => ({
  pool,
  lends,
  joined: new Set(),
  live: new Map(),
  retiring: new Set(),
  rtts: [],
  counted: [],
  shown: { phase: 'connecting', pool, served: NOTHING_SERVED },
});

/** Failed or left: nothing happens to it any more. */
export const isOver = ({ shown }: StageLife): boolean => shown.phase === 'failed' || shown.phase === 'left';

/** Whether it takes part in an epoch that is not over. */
export const isLive = (life: StageLife, epoch: number): boolean => !isOver(life) && life.live.has(epoch);

/** As many round trips as a heartbeat takes. */
const MAX_RTTS = 64;

export function vitalsOf({ shown, rtts }: StageLife): { sessions: number; tokens: number; rtts?: StageLife['rtts'] } {
  const { sessions, tokens } = shown.served;
  // While it loads, this tab answers its neighbours late.
  const isTold = shown.phase === 'serving' && rtts.length > 0;
  return { sessions, tokens, ...(isTold ? { rtts: rtts.slice(0, MAX_RTTS) } : {}) };
}

export const same = (life: StageLife): StageStep => ({ life, effects: [] });

/** The life with these fields shown. */
export const show = (life: StageLife, fields: Partial<StageState>): StageLife => ({
  ...life,
  shown: { ...life.shown, ...fields },
});

/** Nothing goes on after this but another run. */
export const fail = (life: StageLife, error: PoolError): StageStep => ({
  life: show(life, { phase: 'failed', error: shownError(error) }),
  effects: [{ type: 'end' }],
});
