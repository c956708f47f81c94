// An entry that runs loops, in memory: rings of arithmetic stages, a driver beside them, and links that a test can slow down, cut or
// lie over. Used by tests only.
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, type Frame } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import { LoopClient } from '../driver/loop-client.ts';
import { type LoopHandlers, LoopRing } from '../driver/loop-ring.ts';
import type { Speculation } from '../driver/speculation.ts';
import { DRIVER, LAYERS, makeSlice, peer, type TestSlice, testSeat } from '../driver/test-ring.ts';
import type { Link } from '../links/link.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { RingNode } from '../ring/ring-node.ts';
import type { RingNodeOptions } from '../ring/ring-node-options.ts';
import { DriverLinks } from './driver-links.ts';
import { LoopHost } from './loop-host.ts';

/** Somebody who listens to nothing. */
export const NOTHING_HEARD: LoopHandlers = {
  ...{ onFed() {}, onSampled() {}, onMissed() {}, onBegun() {}, onDone() {}, onError() {}, onFault() {} },
};

/** What a test does to what one end hears: gives what it hears instead. */
export type Bend = (bytes: Uint8Array) => Uint8Array | undefined;

export interface TestLoopRing {
  epoch: number;
  /** At the driver. */
  ring: LoopRing;
  nodes: RingNode[];
  /** The links between stages: closed, the stages behind are gone. */
  hops: Link[];
  /** The driver's ends. */
  entry: Link;
  exit: Link;
}

interface TestLoopsOptions {
  /** Who asks. */
  driver?: PeerId;
  /** By default nobody is asked for a grant. */
  grants?: (stage: number) => RingNodeOptions['grants'];
  readGrant?: (grant: string) => Promise<OpenGrant>;
}

export class TestLoops {
  readonly host: LoopHost;
  readonly #driver: PeerId;
  readonly #grants: (stage: number) => RingNodeOptions['grants'];
  readonly slices = new Map<string, TestSlice>();
  readonly rings: TestLoopRing[] = [];
  speculation: (() => Speculation) | undefined;
  /** Before a stage computes. */
  beforeRun: (stage: number) => void | Promise<void> = () => {};
  nowMs = 0;
  /** Sessions that drivers opened, in order. */
  readonly asked: SessionId[] = [];
  readonly #far = new Map<Link, Link>();
  readonly #links = new Map<string, DriverLinks>();
  readonly #exits = new Map<number, Link>();
  readonly #ends = new Map<number, { toExit?: Link; node: RingNode; results: Set<DriverLinks> }>();

  constructor({
    driver = DRIVER,
    grants = () => 'local',
    readGrant = () => Promise.reject(new PoolError('grant-refused', 'No grants here.')),
  }: TestLoopsOptions = {}) {
    this.#driver = driver;
    this.#grants = grants;
    this.host = new LoopHost({
      linksFor: (epoch, driver) => this.#linksFor(epoch, driver),
      letGo: () => {},
      drafts: { speculate: (kind) => (kind === 'none' ? undefined : this.speculation?.()), prepare: () => {} },
      readGrant: async (grant) => (grant === undefined ? undefined : readGrant(grant)),
      maxContext: () => 4096,
      now: () => this.nowMs,
    });
  }

  /** A conversation of the driver over the newest ring that has not ended. */
  client(): LoopClient {
    return new LoopClient(async (_signal, avoid) => {
      for (;;) {
        const rings = this.rings.map(({ ring }) => ring).filter((ring) => !ring.ended);
        const ring = rings.findLast((one) => one !== avoid) ?? rings.at(-1);
        if (ring) return ring;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
  }

  /** Rings of one host begin with the same tab. `bend`: what the driver hears of the entry and of the exit. */
  open(
    cuts: number[],
    { epoch = 1, tabs, bend = {} }: { epoch?: number; tabs?: number[]; bend?: { entry?: Bend; exit?: Bend } } = {},
  ): TestLoopRing {
    const bounds = [0, ...cuts, LAYERS];
    const stages = bounds.length - 1;
    const own = tabs ?? Array.from({ length: stages }, (_, stage) => stage);
    const at = (stage: number): PeerId => peer(own[stage]!);
    const [entry, entryFar] = memoryLinkPair(this.#driver, at(0));
    const [exit, exitFar] = stages === 1 ? [entry, entryFar] : memoryLinkPair(this.#driver, at(stages - 1));
    const hops = Array.from({ length: stages - 1 }, (_, index) => memoryLinkPair(at(index), at(index + 1)));
    // The entry's own link to the exit, where that is not the next stage.
    const direct = stages > 2 ? memoryLinkPair(at(0), at(stages - 1)) : hops[0];
    const nodes = Array.from({ length: stages }, (_, stage) =>
      this.#node({ ...{ epoch, stage, bounds, own, exitFar }, next: hops[stage]?.[0], entryLink: direct?.[1] }),
    );
    const results = new Set<DriverLinks>();
    this.#ends.set(epoch, { ...(direct ? { toExit: direct[0] } : {}), node: nodes[0]!, results });
    this.#far.set(entry, entryFar);
    entryFar.listen({
      onFrame: (bytes) => this.#hear(entryFar, decodeFrame(bytes)),
      onClose: () => this.host.linkClosed(entryFar),
    });
    for (const [stage, [out, into]] of hops.entries()) {
      const [before, after] = [nodes[stage]!, nodes[stage + 1]!];
      into.listen({
        onFrame: (bytes) => after.accept(into, decodeFrame(bytes)),
        onClose: () => after.linkClosed(into),
      });
      out.listen({
        onFrame: (bytes) => {
          const frame = decodeFrame(bytes);
          if (frame.kind === 'result') for (const one of results) one.take(out, bytes);
          else before.accept(out, frame);
        },
        onClose: () => {
          before.linkClosed(out);
          for (const one of results) one.linkClosed(out);
        },
      });
    }
    if (stages > 2) {
      const [toExit] = direct!;
      toExit.listen({
        onFrame: (bytes) => {
          for (const one of results) one.take(toExit, bytes);
        },
        onClose: () => {
          for (const one of results) one.linkClosed(toExit);
        },
      });
    }
    const seats = own.map((tab, stage) => testSeat(tab, bounds[stage]!, bounds[stage + 1]!));
    this.host.use({ epoch, seats });
    this.host.serve(epoch);
    const ends = { entry: bent(entry, bend.entry), exit: bent(exit, bend.exit) };
    const ring = new LoopRing({
      epoch,
      self: this.#driver,
      entry: ends.entry,
      exit: stages === 1 ? ends.entry : ends.exit,
      seats,
    });
    const made = { epoch, ring, nodes, hops: hops.map(([out]) => out), entry, exit };
    this.rings.push(made);
    return made;
  }

  /** The entry's end of a driver's link. */
  far(entry: Link): Link {
    return this.#far.get(entry)!;
  }

  #hear(link: Link, frame: Frame): void {
    if (frame.kind === 'open') this.asked.push(frame.session);
    this.host.take(link, frame);
  }

  /** The driver's links to that ring, made anew. */
  reopen({ epoch, nodes, ring }: TestLoopRing): LoopRing {
    const [entry, entryFar] = memoryLinkPair(this.#driver, ring.seats[0]!.peer);
    const [exit, exitFar] =
      nodes.length === 1 ? [entry, entryFar] : memoryLinkPair(this.#driver, ring.seats.at(-1)!.peer);
    this.#exits.set(epoch, exitFar);
    this.#far.set(entry, entryFar);
    entryFar.listen({
      onFrame: (bytes) => this.#hear(entryFar, decodeFrame(bytes)),
      onClose: () => this.host.linkClosed(entryFar),
    });
    return new LoopRing({ epoch, self: this.#driver, entry, exit, seats: ring.seats });
  }

  #node({
    epoch,
    stage,
    bounds,
    own,
    exitFar,
    next,
    entryLink,
  }: {
    epoch: number;
    stage: number;
    bounds: number[];
    own: number[];
    exitFar: Link;
    next: Link | undefined;
    entryLink: Link | undefined;
  }): RingNode {
    const [start, end] = [bounds[stage]!, bounds[stage + 1]!];
    const key = `${own[stage]}/${start}-${end}`;
    const slice = this.slices.get(key) ?? makeSlice(start, end, () => this.beforeRun(stage));
    this.slices.set(key, slice);
    return new RingNode({
      ...{ epoch, stage, grants: this.#grants(stage), executor: slice.executor, sessions: slice.sessions },
      ...(next ? { next } : {}),
      linkTo: (id) => (id === this.#driver && !next ? (this.#exits.get(epoch) ?? exitFar) : undefined),
      entryLink: () => entryLink,
    });
  }

  #linksFor(epoch: number, driver: PeerId): DriverLinks | undefined {
    const ends = this.#ends.get(epoch);
    if (!ends) return undefined;
    const key = `${epoch}/${driver}`;
    const known = this.#links.get(key);
    if (known && !known.isClosed) return known;
    const links = new DriverLinks(peer(0), driver, ends.toExit);
    this.#links.set(key, links);
    ends.results.add(links);
    const { atNode } = links;
    atNode.listen({
      onFrame: (bytes) => ends.node.accept(atNode, decodeFrame(bytes)),
      onClose: () => ends.node.linkClosed(atNode),
    });
    return links;
  }
}

/** What is heard over it goes through a test's hands. */
function bent(link: Link, bend: Bend | undefined): Link {
  if (!bend) return link;
  return {
    get peer() {
      return link.peer;
    },
    get rttMs() {
      return link.rttMs;
    },
    get closed() {
      return link.closed;
    },
    send: (bytes) => link.send(bytes),
    close: () => link.close(),
    listen: (handlers) =>
      link.listen({
        onClose: () => handlers.onClose(),
        onFrame: (bytes) => {
          const heard = bend(bytes);
          if (heard) handlers.onFrame(heard);
        },
      }),
  };
}
