// Holds the roster and gives it a clock, random tickets and a way out. Every change goes through the pure reducer; this
// file owns the one timer and says what is due. Knows peers by id only, never by socket.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Coalition, PoolSummary, ServerMessage } from '../protocol/control.ts';
import type { ModelRef, PeerId } from '../protocol/ids.ts';
import { applyRosterEvent, nextDeadlineMs, type RosterEvent } from './roster.ts';
import { emptyRoster, type Roster, type RosterTiming } from './roster-state.ts';
import { summarisePools } from './summarise-pools.ts';

/** Summaries go to every peer, so a burst of changes is told once. */
const POOLS_FLUSH_MS = 100;
/** setTimeout fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Seconds since 2026. Tabs outlive a server that restarts, and drop words of epochs that they have left behind: so the
 * next server must begin above the last one. Fits the frame's 32 bits until 2162, and an epoch a second would be needed
 * to overtake it.
 */
const epochFloorAt = (nowMs: number): number => Math.max(0, Math.floor((nowMs - Date.UTC(2026, 0, 1)) / 1000));

export interface OrchestratorOptions {
  model: ModelRef;
  stages?: number | undefined;
  timing: RosterTiming;
  logger: Logger;
  /** Sends to one peer if it is connected. */
  send(peer: PeerId, message: ServerMessage): void;
  /** Sends to every connected peer. */
  broadcast(message: ServerMessage): void;
}

export class Orchestrator {
  readonly #options: OrchestratorOptions;
  #roster: Roster;
  #timer: NodeJS.Timeout | undefined;
  #poolsTimer: NodeJS.Timeout | undefined;
  #told = '';
  #closed = false;

  constructor(options: OrchestratorOptions) {
    this.#options = options;
    this.#roster = emptyRoster(options.model, epochFloorAt(Date.now()));
    this.#told = JSON.stringify(this.pools());
  }

  pools(): PoolSummary[] {
    return summarisePools(this.#roster);
  }

  /** Serving and forming coalitions, for tests and the demo. Their tickets are secrets: never put this on HTTP. */
  coalitions(): Coalition[] {
    return [...this.#roster.pools.values()].flatMap(({ serving, forming }) =>
      [serving, forming?.coalition].filter((coalition) => coalition !== undefined),
    );
  }

  dispatch(event: RosterEvent): void {
    if (this.#closed) return;
    const { timing, stages, logger } = this.#options;
    const world = { nowMs: performance.now(), newTicket: () => randomBytes(16).toString('hex'), timing, stages };
    const { roster, effects } = applyRosterEvent(this.#roster, event, world);
    this.#roster = roster;
    for (const { to, message } of effects) {
      if (message.type === 'coalition') {
        const { pool, epoch, state, seats } = message.coalition;
        logger.debug({ pool, epoch, state, seats: seats.length }, 'coalition');
      }
      for (const peer of to) this.#options.send(peer, message);
    }
    this.#poolsTimer ??= setTimeout(() => this.#tellPools(), POOLS_FLUSH_MS);
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#poolsTimer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const atMs = nextDeadlineMs(this.#roster, this.#options.timing);
    if (atMs === Number.POSITIVE_INFINITY) return;
    // Rounded up, so that the tick never comes a fraction early and spins.
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(atMs - performance.now())));
    this.#timer = setTimeout(() => this.dispatch({ type: 'clock-ticked' }), delayMs);
  }

  #tellPools(): void {
    this.#poolsTimer = undefined;
    const pools = this.pools();
    const text = JSON.stringify(pools);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.logger.info({ pools: pools.map(({ pool, peers, state }) => ({ pool, peers, state })) }, 'pools');
    this.#options.broadcast({ type: 'pools', pools });
  }
}
