// What a tab that asks or watches makes of its pool, as a pure reducer: (life, event) -> (life, effects). Which coalition would
// answer now, which links are wanted, what the page shows of it. Knows nothing of single asks.
import type { ClientMessage, Coalition, PoolSummary, ServerMessage } from '../../protocol/control.ts';
import { type ErrorShape, PoolError } from '../../protocol/errors.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { ChatState, ServerAway } from '../words/peer-state.ts';
import { shownError } from './site.ts';

/** This tab's links to entry and exit of a coalition. */
interface EpochLinks {
  readonly ticket: string;
  readonly isProved: boolean;
  /** Once the server has said that it answers. */
  readonly serving?: Coalition | undefined;
  /** They were asked for before that: a tab that still loads may not have taken them. */
  readonly isEarly?: true;
}

export interface ChatLife {
  readonly pool: PoolId;
  /** `asks`: a coalition answers once this tab's links to it are proved. `watches`: it has none, and takes the server's word. */
  readonly role: 'asks' | 'watches';
  /** Epochs that are linked or about to be. */
  readonly epochs: ReadonlyMap<number, EpochLinks>;
  /** What answered broke, and nothing does since: the next coalition is linked to while it loads. */
  readonly isCut?: boolean;
  /** The epoch that is shown: answers may go to it. */
  readonly linked?: number | undefined;
  /** Coalitions that answer and are linked, oldest first: a pool may have several rings. */
  readonly answering: readonly Coalition[];
  /** The server of this very connection has named it: another one may know nothing of it. */
  readonly isNamed: boolean;
  readonly shown: Pick<ChatState, 'phase' | 'pools' | 'coalition' | 'error' | 'away'>;
}

export type ChatEvent =
  | { type: 'server-welcomed' }
  /** `isFinal`: another try would be refused again. */
  | { type: 'server-lost'; error: PoolError; isFinal: boolean; away: ServerAway }
  | { type: 'message-heard'; message: ServerMessage }
  /** The links to entry and exit are proved. */
  | { type: 'coalition-linked'; epoch: number }
  | { type: 'coalition-unlinked'; epoch: number; error: PoolError }
  /** A link that was proved is gone. */
  | { type: 'link-broken'; epoch: number }
  /** Something that this tab cannot do without. */
  | { type: 'run-failed'; error: PoolError };

export type ChatEffect =
  | { type: 'say'; message: ClientMessage }
  /** Then `coalition-linked` or `coalition-unlinked`. */
  | { type: 'link'; coalition: Coalition; ticket: string }
  | { type: 'hold-ticket'; epoch: number; ticket: string }
  /** Its links are proved and it answers: what waits goes there. `coalition-unlinked` if the links are gone by now. */
  | { type: 'use-coalition'; coalition: Coalition }
  /** What runs over this epoch continues on the next one. */
  | { type: 'drop-coalition'; epoch: number; error: ErrorShape }
  /** Asks the server in a moment which coalition serves: a link that breaks again and again is not asked for at once. */
  | { type: 'watch-later' }
  | { type: 'close-links'; epoch: number };

export interface ChatStep {
  readonly life: ChatLife;
  readonly effects: readonly ChatEffect[];
}

/** A tab that has just been opened. */
export const newChatLife = (pool: PoolId, role: ChatLife['role']): ChatLife => ({
  pool,
  role,
  epochs: new Map(),
  answering: [],
  isNamed: false,
  shown: { phase: 'connecting', pools: [] },
});

/** One event. Never throws; what comes for an epoch that is over changes nothing. */
export function applyChatEvent(life: ChatLife, event: ChatEvent): ChatStep {
  switch (event.type) {
    case 'server-welcomed':
      return greet(life);
    case 'server-lost':
      return same(loseServer(life, event));
    case 'message-heard': {
      const { message } = event;
      if (message.type === 'pools') return same(hearPools(life, message.pools));
      if (message.type === 'retire' && message.pool === life.pool) return hearRetired(life, message.epoch);
      const isOwn = message.type === 'coalition' && message.coalition.pool === life.pool;
      return isOwn ? hearCoalition(life, message.coalition, message.ticket) : same(life);
    }
    case 'coalition-linked':
      return noteProved(life, event.epoch);
    case 'coalition-unlinked':
      return giveUp(life, event.epoch, event.error);
    case 'link-broken':
      return linkAgain(life, event.epoch);
    case 'run-failed':
      return same(fail(life, event.error));
  }
}

/** Links stay as they are, and what runs over them goes on. */
function loseServer(life: ChatLife, { error, isFinal, away }: ChatEvent & { type: 'server-lost' }): ChatLife {
  if (isFinal) return fail(life, error);
  return show({ ...life, isNamed: false }, { phase: 'connecting', away });
}

/** A reconnection finds the links as they were, but answers are ready once the server names a coalition. */
function greet(life: ChatLife): ChatStep {
  const { role, linked, pool } = life;
  const { away: _back, ...shown } = life.shown;
  const back = { ...life, shown };
  const phase = linked === undefined ? 'no-stages' : 'forming';
  return {
    life: role === 'asks' ? show(back, { phase }) : back,
    effects: [{ type: 'say', message: { type: 'watch', pool } }],
  };
}

function hearPools(life: ChatLife, pools: PoolSummary[]): ChatLife {
  const heard = show(life, { pools });
  if (life.answering.length > 0 && life.isNamed) return heard;
  const own = pools.find(({ pool }) => pool === life.pool);
  if (!own || own.state === 'empty') return showNoSeats(heard, 'no-stages');
  // A pool that waits has no coalition; the last one's seats would say otherwise.
  if (own.state === 'waiting') return showNoSeats(heard, 'forming');
  if (life.role === 'watches') return show(heard, { phase: own.state });
  return heard.shown.phase === 'no-stages' ? show(heard, { phase: 'forming' }) : heard;
}

function hearCoalition(life: ChatLife, coalition: Coalition, ticket: string): ChatStep {
  if (life.role === 'watches') return same(watch(life, coalition));
  const { epoch, state } = coalition;
  if (state === 'broken') return drop(life, epoch);
  const known = life.epochs.get(epoch);
  if (state === 'forming') {
    // While an older epoch serves, the page goes on showing that one.
    const shown = life.linked === undefined ? show(life, { phase: 'forming', coalition }) : life;
    const isAwaited = life.isCut && life.linked === undefined && !known;
    return isAwaited ? link(shown, coalition, { ticket, isProved: false, isEarly: true }) : same(shown);
  }
  if (!known) return link(life, coalition, { ticket, isProved: false, serving: coalition });
  const held: ChatEffect = { type: 'hold-ticket', epoch, ticket };
  const told = withLinks(life, epoch, { ...known, ticket, serving: coalition });
  if (life.linked === epoch) return { life: answerOver(told, coalition), effects: [held] };
  if (!known.isProved) return { life: told, effects: [held] };
  if (known.serving) {
    // What answered before is gone, or was named by another server only: this one is linked and in use.
    const isFallback = life.linked === undefined || !life.isNamed;
    return { life: isFallback ? answerOver(told, coalition) : told, effects: [held] };
  }
  const used = use(told, coalition);
  return { ...used, effects: [held, ...used.effects] };
}

function link(life: ChatLife, coalition: Coalition, links: EpochLinks): ChatStep {
  const { ticket } = links;
  return { life: withLinks(life, coalition.epoch, links), effects: [{ type: 'link', coalition, ticket }] };
}

const withLinks = (life: ChatLife, epoch: number, links: EpochLinks): ChatLife => ({
  ...life,
  epochs: new Map(life.epochs).set(epoch, links),
});

/** A coalition that only forms answers nobody, however well it is linked. */
function noteProved(life: ChatLife, epoch: number): ChatStep {
  const known = life.epochs.get(epoch);
  if (!known || known.isProved) return same(life);
  const proved = withLinks(life, epoch, { ...known, isProved: true });
  return known.serving ? use(proved, known.serving) : same(proved);
}

const use = (life: ChatLife, coalition: Coalition): ChatStep => ({
  life: answerOver(life, coalition),
  effects: [{ type: 'use-coalition', coalition }],
});

/** What runs over one that answered may finish; one that never did is let go. */
function hearRetired(life: ChatLife, epoch: number): ChatStep {
  // Nothing has taken its place.
  const isShown = life.role === 'watches' && life.shown.coalition?.epoch === epoch;
  if (isShown) return same(showNoSeats(life, 'forming'));
  const known = life.epochs.get(epoch);
  if (!known || known.serving) return same(retire(life, epoch));
  return { life: without(life, epoch), effects: [{ type: 'close-links', epoch }] };
}

function watch(life: ChatLife, coalition: Coalition): ChatLife {
  const { coalition: seen } = life.shown;
  const { epoch, state } = coalition;
  if (state === 'ready') return show(life, { phase: 'ready', coalition });
  if (state === 'broken') return seen?.epoch === epoch ? showNoSeats(life, 'forming') : life;
  // While an older epoch serves, that one is what would answer.
  return seen?.state === 'ready' ? life : show(life, { phase: 'forming', coalition });
}

/** Answers go over this coalition from now on. */
function answerOver(life: ChatLife, coalition: Coalition): ChatLife {
  const { error: _over, ...shown } = life.shown;
  const others = life.answering.filter(({ epoch }) => epoch !== coalition.epoch);
  const linked = { ...life, linked: coalition.epoch, answering: [...others, coalition], isCut: false };
  // The server that named it has gone meanwhile: the next one may know nothing of it.
  if (shown.away) return { ...linked, shown: { ...shown, coalition } };
  return { ...linked, isNamed: true, shown: { ...shown, phase: 'ready', coalition } };
}

function drop(life: ChatLife, epoch: number): ChatStep {
  if (!life.epochs.has(epoch)) return same(life);
  const { code, message } = new PoolError('stage-left', 'A stage of the route left.');
  const left = without(life, epoch);
  // Only of those that this very server has named.
  const other = life.isNamed ? left.answering.at(-1) : undefined;
  const cut = { ...left, linked: undefined, isCut: true };
  const elsewhere = other ? answerOver(left, other) : showNoSeats(cut, awaited(life));
  return {
    life: life.linked === epoch ? elsewhere : left,
    effects: [
      { type: 'drop-coalition', epoch, error: { code, message } },
      { type: 'close-links', epoch },
    ],
  };
}

/** The coalition may be whole, and only this tab's link gone: the server names it again, if it serves. */
function linkAgain(life: ChatLife, epoch: number): ChatStep {
  const step = drop(life, epoch);
  if (step.effects.length === 0) return step;
  return { ...step, effects: [...step.effects, { type: 'watch-later' }] };
}

/** The links could not be made. While another epoch answers, or this one only forms, nobody need hear of it. */
function giveUp(life: ChatLife, epoch: number, error: PoolError): ChatStep {
  const known = life.epochs.get(epoch);
  if (!known) return same(life);
  const left = without(life, epoch);
  const closed: ChatEffect = { type: 'close-links', epoch };
  const { serving, ticket, isEarly } = known;
  if (isEarly && serving) {
    const again = link(left, serving, { ticket, isProved: false, serving });
    return { ...again, effects: [closed, ...again.effects] };
  }
  const isFailed = !isEarly && life.linked === undefined && !life.shown.away;
  return { life: isFailed ? fail(left, error) : left, effects: [closed] };
}

/** Whom it waits for without a coalition. */
const awaited = ({ shown }: ChatLife): ChatState['phase'] =>
  shown.away ? 'connecting' : shown.phase === 'no-stages' ? 'no-stages' : 'forming';

function without(life: ChatLife, epoch: number): ChatLife {
  const epochs = new Map(life.epochs);
  epochs.delete(epoch);
  return { ...retire(life, epoch), epochs };
}

/** Nobody is sent there any more; what runs over it may finish. */
const retire = (life: ChatLife, retired: number): ChatLife => ({
  ...life,
  answering: life.answering.filter(({ epoch }) => epoch !== retired),
});

function showNoSeats(life: ChatLife, phase: ChatState['phase']): ChatLife {
  const { coalition: _over, ...shown } = life.shown;
  return { ...life, shown: { ...shown, phase } };
}

const fail = (life: ChatLife, error: PoolError): ChatLife => show(life, { phase: 'failed', error: shownError(error) });

const show = (life: ChatLife, fields: Partial<ChatLife['shown']>): ChatLife => ({
  ...life,
  shown: { ...life.shown, ...fields },
});

const same = (life: ChatLife): ChatStep => ({ life, effects: [] });
