// The roster in play without sockets: a clock, an inbox, and peers that are called by short names. Used by tests only.

import type { Coalition } from '../../protocol/control.ts';
import { type ModelRef, type PeerId, type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { applyRosterEvent, nextDeadlineMs, type RosterEvent } from './apply-roster-event.ts';
import { coalitionsOf } from './coalitions.ts';
import type { Verdict } from './end-trial.ts';
import { type Effect, emptyRoster, ROSTER_TIMING, type Roster } from './roster-state.ts';
import { summarisePools } from './summarise-pools.ts';

export const MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
export const POOL = poolIdOf(MODEL);
export const peerOf = (name: string | number): PeerId =>
  Buffer.from(String(name)).toString('hex').padEnd(32, '0') as PeerId;
export const nameOf = (peer: PeerId): string => Buffer.from(peer, 'hex').toString().replaceAll('\0', '');

/** A roster with a clock and an inbox per peer. Peers are called by short names. */
export class Table {
  roster: Roster = emptyRoster(MODEL);
  nowMs = 0;
  inbox: Effect[] = [];
  /** Undefined: as many as the planner finds best. */
  stages: number | 'all' | undefined;
  /** Whether coalitions are tried before they serve. */
  tries = false;

  /** `all`: these tests are of the coalitions' moves, and every tab takes part. */
  constructor(stages: number | 'all' = 'all') {
    this.stages = stages;
  }

  apply(event: RosterEvent): void {
    const world = { rtt: () => 0, nowMs: this.nowMs, timing: ROSTER_TIMING, stages: this.stages, tries: this.tries };
    const step = applyRosterEvent(this.roster, event, world);
    this.roster = step.roster;
    this.inbox.push(...step.effects);
  }

  /** `read` is what the server read, by default what the tab says. */
  offer(
    name: string | number,
    fields: {
      memoryBytes?: number;
      msPerLayer?: number;
      manifest?: ModelManifest;
      read?: ModelManifest;
      model?: PoolRef;
    } = {},
  ): void {
    // Without a head, a seat's time is that of its layers, wherever it sits.
    const { memoryBytes = 1e9, msPerLayer = 1, manifest = manifestOf({ headBytes: 0 }), model = MODEL } = fields;
    const capability = { backend: 'wasm', msPerLayer, memoryBytes, device: String(name) } as const;
    const { read = manifest } = fields;
    this.apply({ type: 'peer-offered', peer: peerOf(name), pool: poolIdOf(model), manifest, read, capability });
  }

  leave(name: string): void {
    this.apply({ type: 'peer-left', peer: peerOf(name) });
  }

  watch(name: string, model: PoolRef = MODEL): void {
    this.apply({ type: 'pool-watched', peer: peerOf(name), pool: poolIdOf(model) });
  }

  ready(epoch: number, ...names: string[]): void {
    for (const name of names) {
      this.apply({ type: 'stage-readied', peer: peerOf(name), pool: POOL, epoch, msPerLayer: 1 });
    }
  }

  progress(epoch: number, name: string, loadedBytes: number): void {
    this.apply({ type: 'load-progressed', peer: peerOf(name), pool: POOL, epoch, loadedBytes });
  }

  /** These, of the newest epoch, hear nothing of one another: reporter, accused. */
  cut(...pairs: [string, string][]): void {
    const epoch = this.pool().lastEpoch;
    const cuts = pairs.map(([reporter, accused]) => ({ reporter: peerOf(reporter), accused: peerOf(accused), epoch }));
    this.apply({ type: 'links-cut', pool: POOL, cuts });
  }

  /** Who is left out. */
  out(): string[] {
    return this.pool()
      .peers.filter(({ excluded }) => excluded)
      .map(({ peer }) => nameOf(peer));
  }

  linkDown(epoch: number, from: string, to: string): void {
    this.apply({ type: 'link-broken', peer: peerOf(from), pool: POOL, epoch, to: peerOf(to) });
  }

  /** How the canary lap of an epoch ended. */
  tried(epoch: number, kind: 'shown' | 'unshown' | 'apart', ...names: string[]): void {
    const peers = names.map(peerOf);
    const verdict = kind === 'shown' ? { kind } : ({ kind, peers } as Exclude<Verdict, { kind: 'shown' }>);
    this.apply({ type: 'trial-ended', pool: POOL, epoch, verdict });
  }

  /** Its ids were wrong: who was new in it, and who had shown itself before. */
  wrongBeside(epoch: number, fresh: readonly string[], beside: readonly string[]): void {
    const verdict: Verdict = { kind: 'unshown', peers: fresh.map(peerOf), beside: beside.map(peerOf) };
    this.apply({ type: 'trial-ended', pool: POOL, epoch, verdict });
  }

  stoodStill(epoch: number): void {
    this.apply({ type: 'stood-still', pool: POOL, epoch });
  }

  /** It was right, and a lap took so long. */
  timed(epoch: number, lapMs: number): void {
    this.apply({ type: 'trial-ended', pool: POOL, epoch, verdict: { kind: 'shown', lapMs } });
  }

  /** Lets time pass, ticking whenever something is due. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let ticks = 0; ticks < 10_000; ticks += 1) {
      const dueMs = nextDeadlineMs(this.roster, ROSTER_TIMING);
      if (dueMs > untilMs) {
        this.nowMs = untilMs;
        return;
      }
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.apply({ type: 'clock-ticked' });
    }
    throw new Error('The clock ticks without end.');
  }

  /** Offers, waits and readies: a coalition that serves. */
  serve(...names: string[]): void {
    for (const name of names) this.offer(name);
    this.pass(1000);
    this.ready(this.pool().lastEpoch, ...names);
    this.pass(1000);
    this.heard();
  }

  pool() {
    const pool = this.roster.pools.get(POOL);
    if (!pool) throw new Error('no pool');
    return pool;
  }

  /** `2 ready a:0-2 b:2-4` for the serving, then the forming coalition. */
  coalitions(): string[] {
    return coalitionsOf(this.pool()).map(describeCoalition);
  }

  /** What was sent since last asked: `ab<coalition 1 forming a:0-2 b:2-4`. */
  heard(): string[] {
    const lines = this.inbox.map(({ to, message }) => {
      const names = to.map(nameOf).join('');
      if (message.type === 'coalition') return `${names}<${describeCoalition(message.coalition)}`;
      if (message.type === 'retire') return `${names}<retire ${message.epoch}`;
      return `${names}<${message.type} ${message.type === 'error' ? message.error.code : ''}`;
    });
    this.inbox = [];
    return lines;
  }

  summary() {
    const [summary] = summarisePools(this.roster);
    return summary;
  }
}

const describeCoalition = ({ epoch, state, seats }: Coalition): string =>
  [epoch, state, ...seats.map((seat) => `${nameOf(seat.peer)}:${seat.start}-${seat.end}`)].join(' ');
