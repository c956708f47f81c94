// Holds the roster and gives it a clock and a way out, with each receiver's ticket. Every change goes through the pure
// reducer; this file owns the timers and says what is due. Knows peers by id only, never by socket.

import type { Logger } from 'pino';
import type { Coalition, PoolSummary, ServerMessage } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import type { ModelRef, PeerId, PoolId } from '../../protocol/ids.ts';
import { DRIVER_TICKET_SECONDS } from '../../protocol/limits.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { applyRosterEvent, nextDeadlineMs, type RosterEvent } from './apply-roster-event.ts';
import { audienceOf } from './change-coalition.ts';
import { coalitionsOf, readyOf, triedOf } from './coalitions.ts';
import {
  type Effect,
  emptyRoster,
  type Pool,
  type PoolPeer,
  type Roster,
  type RosterTiming,
  type World,
} from './roster-state.ts';
import { poolFacts, summarisePools } from './summarise-pools.ts';
import type { TicketIssuer } from './ticket-issuer.ts';

/** Summaries go to every peer, so a burst of changes is told once. */
const POOLS_FLUSH_MS = 100;
/** Summaries a second, to all peers together: one that comes and goes without end must not keep the server busy with it. */
const SUMMARIES_PER_SECOND = 1000;
/** setTimeout fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Seconds since 2026. Tabs outlive a server that restarts, and drop words of epochs that they have left behind: so the
 * next server must begin above the last one. Fits the frame's 32 bits until 2162, and an epoch a second would be needed
 * to overtake it.
 */
const epochFloorAt = (nowMs: number): number => Math.max(0, Math.floor((nowMs - Date.UTC(2026, 0, 1)) / 1000));

export interface LiveRosterOptions {
  model: ModelRef;
  stages?: number | 'all' | undefined;
  timing: RosterTiming;
  logger: Logger;
  tickets: TicketIssuer;
  policyOf?: World['policyOf'];
  rtt?: World['rtt'];
  /** What a token of this pool costs, its maker's word included. */
  priceOf?(pool: Pool, manifest: ModelManifest): Price;
  /** Tokens a second of its last answers, where there were any. */
  paceOf?(pool: PoolId): number | undefined;
  /** Sends to one peer if it is connected. */
  send(peer: PeerId, message: ServerMessage): void;
  /** Sends to every connected peer. */
  broadcast(message: ServerMessage): void;
  /** How many that are. */
  peerCount?(): number;
  /** This pool's members or coalitions are others than before. */
  onPoolChanged?(pool: PoolId, change: PoolChange): void;
  /** This coalition says that it is ready: `trial-ended` is awaited. Undefined: it is believed. */
  onTrial?: ((pool: Pool, coalition: Coalition) => void) | undefined;
}

/** A step of one pool; undefined: nobody was there, or is any more. */
export interface PoolChange {
  readonly before: Pool | undefined;
  readonly after: Pool | undefined;
  readonly event: RosterEvent['type'];
}

/** Tickets are told again before they expire. */
const RENEW_TICKETS_MS = (DRIVER_TICKET_SECONDS * 1000) / 2;

export class LiveRoster {
  readonly #options: LiveRosterOptions;
  #roster: Roster;
  #timer: NodeJS.Timeout | undefined;
  #poolsTimer: NodeJS.Timeout | undefined;
  readonly #renewTimer: NodeJS.Timeout;
  #told = '';
  readonly #lent = new Map<PeerId, PoolId>();
  #closed = false;

  constructor(options: LiveRosterOptions) {
    this.#options = options;
    this.#roster = emptyRoster(options.model, epochFloorAt(Date.now()));
    this.#told = JSON.stringify(this.pools());
    this.#renewTimer = setInterval(() => this.#renewTickets(), RENEW_TICKETS_MS);
  }

  /** A pool as it is now; a plain value that is never changed. */
  pool(id: PoolId): Pool | undefined {
    return this.#roster.pools.get(id);
  }

  /** All of them, as they are now. */
  livePools(): Pool[] {
    return [...this.#roster.pools.values()];
  }

  /** The pool that this tab lends itself to. */
  lentTo(peer: PeerId): PoolId | undefined {
    return this.#lent.get(peer);
  }

  pools(): PoolSummary[] {
    const { policyOf, priceOf, paceOf } = this.#options;
    return summarisePools(this.#roster).map((summary) => {
      const { price, policy } = policyOf?.(summary.pool) ?? {};
      const pool = this.#roster.pools.get(summary.pool);
      const facts =
        pool?.manifest &&
        priceOf &&
        poolFacts(pool, pool.manifest, { price: priceOf(pool, pool.manifest), pace: paceOf?.(pool.id) });
      return {
        ...summary,
        ...(policy === 'market' ? { policy } : {}),
        ...(price ? { price } : {}),
        ...(facts ? { facts } : {}),
      };
    });
  }

  /** Serving and forming coalitions. */
  coalitions(): Coalition[] {
    return [...this.#roster.pools.values()].flatMap(coalitionsOf);
  }

  /** Whether some pool plans without this peer because it answered nobody. */
  isTakenForSilent(peer: PeerId): boolean {
    const isIt = (entry: PoolPeer) => entry.peer === peer && entry.excluded === 'silent';
    return [...this.#roster.pools.values()].some(({ peers }) => peers.some(isIt));
  }

  /** What a peer that just came is told first. */
  greet(peer: PeerId): void {
    this.#options.send(peer, { type: 'pools', pools: this.pools() });
  }

  dispatch(event: RosterEvent): void {
    if (this.#closed) return;
    const { timing, stages, logger, policyOf, rtt, onTrial } = this.#options;
    const world: World = {
      nowMs: performance.now(),
      timing,
      stages,
      tries: onTrial !== undefined,
      ...(policyOf ? { policyOf } : {}),
      ...(rtt ? { rtt } : {}),
    };
    const before = this.#roster;
    const { roster, effects } = applyRosterEvent(before, event, world);
    this.#roster = roster;
    for (const effect of effects) {
      if (effect.message.type === 'coalition') {
        const { pool, epoch, state, seats } = effect.message.coalition;
        logger.debug({ pool, epoch, state, seats: seats.length }, 'coalition');
      }
      this.#tell(effect);
    }
    for (const id of new Set([...before.pools.keys(), ...roster.pools.keys()])) {
      if (before.pools.get(id) === roster.pools.get(id)) continue;
      this.#noteLent(id, before);
      const [pool, poolBefore] = [roster.pools.get(id), before.pools.get(id)];
      this.#options.onPoolChanged?.(id, { before: poolBefore, after: pool, event: event.type });
      const known = poolBefore ? triedOf(poolBefore).map(({ epoch }) => epoch) : [];
      for (const tried of pool ? triedOf(pool) : []) if (!known.includes(tried.epoch)) onTrial?.(pool!, tried);
    }
    this.#poolsTimer ??= setTimeout(() => this.#tellPools(), this.#flushMs());
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#renewTimer);
    clearTimeout(this.#timer);
    clearTimeout(this.#poolsTimer);
  }

  #noteLent(id: PoolId, before: Roster): void {
    for (const { peer } of before.pools.get(id)?.peers ?? []) if (this.#lent.get(peer) === id) this.#lent.delete(peer);
    for (const { peer } of this.#roster.pools.get(id)?.peers ?? []) this.#lent.set(peer, id);
  }

  #tell({ to, message }: Effect): void {
    const { send, tickets } = this.#options;
    for (const peer of to) {
      if (message.type !== 'coalition') send(peer, message);
      else send(peer, { ...message, ticket: tickets.ticketFor(peer, message.coalition) });
    }
  }

  #renewTickets(): void {
    for (const pool of this.#roster.pools.values()) {
      for (const coalition of readyOf(pool)) {
        this.#tell({ to: audienceOf(pool, coalition), message: { type: 'coalition', coalition } });
      }
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const atMs = nextDeadlineMs(this.#roster, this.#options.timing);
    if (atMs === Number.POSITIVE_INFINITY) return;
    // Rounded up, so that the tick never comes a fraction early and spins.
    const delayMs = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(atMs - performance.now())));
    this.#timer = setTimeout(() => this.dispatch({ type: 'clock-ticked' }), delayMs);
  }

  #flushMs(): number {
    const peers = this.#options.peerCount?.() ?? 0;
    return Math.max(POOLS_FLUSH_MS, (peers / SUMMARIES_PER_SECOND) * 1000);
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
