// The stage side of a worker: one model, and per epoch a ring node over a slice of it and, at the entry, the links of a driver
// beside it. Old and new epoch may stand side by side, also over the same slice, so that a change of members interrupts no answer.

import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, type Frame } from '../../protocol/frame.ts';
import { type OpenGrant, openGrant } from '../../protocol/grant.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { LentMemory } from '../../protocol/lend-memory.ts';
import { ChannelLink } from '../links/channel-link.ts';
import type { Link } from '../links/link.ts';
import { loadStage } from '../model/load-stage.ts';
import { type OpenModel, openModel } from '../model/open-model.ts';
import { probeLayer } from '../model/probe-layer.ts';
import { MeterRegistry, type ReceiptQuery } from '../ring/meter-registry.ts';
import { RingNode } from '../ring/ring-node.ts';
import type { ModelSource } from '../words/model-source.ts';
import type { TokenCheck } from '../words/token-check.ts';
import { DriverLinks } from './driver-links.ts';
import { comesFromDriver, comesFromEntry, leadsToExit, maySend } from './link-roles.ts';
import { LinkTable } from './link-table.ts';
import { type EntryDrafts, LoopHost } from './loop-host.ts';
import type { OwnBackend } from './own-backend.ts';
import { paceExecutor, SharePace } from './pace-executor.ts';
import { refuseFrame } from './refuse-frame.ts';
import { ServedCount } from './served-count.ts';
import { type LoadSlice, type Slice, SliceCache, type SliceUse } from './slice-cache.ts';
import type { BackendChoice } from './start-backend.ts';
import { cancelled, unlessAborted } from './unless-aborted.ts';
import { TELL_EVERY_MS, WarmSlots } from './warm-slots.ts';
import { warmUp } from './warm-up.ts';
import type { StageAssignment, StageLoaded, StageReceipts, TellPage, WarmSlices } from './worker-api.ts';

interface Epoch {
  assignment: StageAssignment;
  abort: AbortController;
  use?: SliceUse;
  slice?: Slice;
  node?: RingNode;
  /** Ends of sessions that begin in this worker, by whose they are. */
  drivers: Map<PeerId, DriverLinks>;
}

/** How long a retired epoch may finish what is running. */
const RETIRE_GRACE_MS = 60_000;
const RETIRE_POLL_MS = 500;
/** Tickets that are held: old and new epoch, and some that come before their coalition is joined. */
const MAX_TICKETS = 8;

export class StageHost {
  readonly #backend: Pick<OwnBackend, 'runtime' | 'try'>;
  readonly #identity: () => Identity;
  readonly #trust: TokenCheck;
  readonly #tell: TellPage;
  readonly #epochs = new Map<number, Epoch>();
  readonly #tickets = new Map<number, string>();
  readonly #meters = new MeterRegistry();
  readonly links: LinkTable;
  readonly #slices = new SliceCache((layers, options) => this.#loadSlice(layers, options));
  readonly #served = new ServedCount();
  readonly #refusals: Record<string, number> = {};
  #toldLinks = '';
  #model: OpenModel | undefined;
  #lent: LentMemory | undefined;
  /** For all slices together: they share one device. */
  readonly #pace = new SharePace();
  /** To be held in reserve when no epoch is left. */
  #asked: WarmSlices | undefined;
  readonly #warm = new WarmSlots(this.#slices, (...told) => this.#tell(...told));
  readonly loops: LoopHost;

  constructor(
    backend: Pick<OwnBackend, 'runtime' | 'try'>,
    identity: () => Identity,
    trust: TokenCheck,
    tell: TellPage,
    drafts: EntryDrafts = NO_DRAFTS,
  ) {
    this.#backend = backend;
    this.#identity = identity;
    this.#trust = trust;
    this.#tell = tell;
    this.links = new LinkTable({
      identity,
      trust,
      ticketOf: (epoch) => this.#tickets.get(epoch),
      onReady: (link) => this.#listen(link),
      onProved: (id) => tell('link-proved', { id }),
      onClosed: (closed) => tell('link-closed', closed),
      onLong: (link) => tell('link-long', link),
    });
    this.loops = new LoopHost({
      linksFor: (epoch, driver) => this.driverLinks(epoch, driver),
      letGo: (driver) => this.#letGo(driver),
      drafts,
      readGrant: (grant, driver) => this.#readGrant(grant, driver),
      maxContext: () => this.#opened().manifest.maxContext,
    });
    setInterval(() => {
      this.loops.sweep();
      this.#slices.sweep(performance.now());
      this.#tellServed();
      this.#tellLinks();
    }, 1000);
  }

  /** This peer's own newest ticket of an epoch. */
  holdTicket(epoch: number, ticket: string): void {
    // Behind all others: a fresh one is not the oldest.
    this.#tickets.delete(epoch);
    this.#tickets.set(epoch, ticket);
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size > MAX_TICKETS) this.#tickets.delete(oldest);
  }

  /** What this stage did for a job in an epoch, retired or not; where its loop ran here, what its driver signed for last. */
  async signReceipts(query: ReceiptQuery): Promise<StageReceipts> {
    const receipts = await this.#meters.receiptsFor(this.#identity(), query);
    const delivery = this.loops.noteOf(query.job);
    return { receipts, ...(delivery ? { delivery } : {}) };
  }

  #letGo(driver: PeerId): void {
    if (driver === this.#identity().peer) return;
    for (const { drivers } of this.#epochs.values()) {
      drivers.get(driver)?.close();
      drivers.delete(driver);
    }
  }

  async #readGrant(grant: string | undefined, driver: PeerId): Promise<OpenGrant> {
    const { pool } = [...this.#epochs.values()].at(-1)?.assignment ?? {};
    if (!pool) throw new PoolError('epoch-stale', NOT_SERVED);
    if (grant === undefined) throw new PoolError('grant-refused', 'The stages of a coalition ask for a grant.');
    const publicKey = this.#trust.orchestratorKey();
    return openGrant(grant, { publicKey, driver, pool, nowSeconds: this.#trust.nowSeconds?.() });
  }

  /**
   * For sessions that begin in this worker, its own or those of a driver whose loops run here: the same two links at each call.
   * Undefined unless this worker serves the entry of the epoch and, where another is the exit, has a proved link to it.
   */
  driverLinks(epoch: number, peer = this.#identity().peer): Pick<DriverLinks, 'entry' | 'exit'> | undefined {
    const entry = this.#epochs.get(epoch);
    if (!entry?.node || entry.assignment.start !== 0) return undefined;
    const known = entry.drivers.get(peer);
    if (known && !known.isClosed) return known;
    const { end, layers } = entry.assignment;
    const toExit = end === layers ? undefined : this.links.outgoing(epoch).find(leadsToExit);
    if (end !== layers && !toExit) return undefined;
    const driver = new DriverLinks(this.#identity().peer, peer, toExit);
    entry.drivers.set(peer, driver);
    driver.atNode.listen({
      onFrame: (bytes) => this.#route(driver.atNode, bytes),
      onClose: () => entry.node?.linkClosed(driver.atNode),
    });
    return driver;
  }

  async readModel(source: ModelSource) {
    this.#model = await openModel(source);
    return this.#model.manifest;
  }

  tryBackend(): Promise<BackendChoice> {
    return this.#backend.try(this.#opened());
  }

  async probe(lent: LentMemory) {
    const msPerLayer = await probeLayer(await this.#backend.runtime(), this.#opened(), lent);
    return { msPerLayer: msPerLayer / shareOf(lent) };
  }

  /** The slice of a seat: at once where this worker has it already. */
  async load(assignment: StageAssignment): Promise<StageLoaded> {
    const { epoch, start, end, lent } = assignment;
    const abort = new AbortController();
    const entry: Epoch = { assignment, abort, drivers: new Map() };
    this.#epochs.set(epoch, entry);
    this.#lent = lent;
    const { meter } = this.#opened().files;
    const before = { ...meter };
    // Counted by the meter, which also knows the bytes that opening a file brought.
    const brought = () => ({
      networkBytes: meter.networkBytes - before.networkBytes,
      cachedBytes: meter.cachedBytes - before.cachedBytes,
    });
    let toldMs = 0;
    this.#asked = undefined;
    // What was held in reserve is this seat's slice, or makes room for it.
    const letGo = this.#warm.keepOnly({ start, end });
    entry.use = this.#slices.use({ start, end }, (progress) => {
      const now = performance.now();
      if (abort.signal.aborted) return;
      if (now - toldMs < TELL_EVERY_MS && progress.loadedBytes < progress.totalBytes) return;
      toldMs = now;
      this.#tell('load-progress', { epoch, ...progress, ...brought() });
    });
    letGo();
    entry.slice = await unlessAborted(entry.use.loaded, abort.signal);
    return { ...brought(), msPerLayer: entry.slice.msPerLayer };
  }

  /** Loads these layers, for whenever a seat with some of them is this tab's, as soon as its last seat's have been let go. */
  warm(slices: WarmSlices): void {
    this.#opened();
    this.#asked = slices;
    this.#warmUp();
  }

  #warmUp(): void {
    if (!this.#asked || this.#epochs.size > 0) return;
    const { layers, lent } = this.#asked;
    this.#asked = undefined;
    this.#lent = lent;
    this.#warm.hold(layers);
  }

  /** Warm: kernels are compiled now and not under the first question. */
  async #loadSlice(
    layers: { start: number; end: number },
    { signal, onProgress }: Parameters<LoadSlice>[1],
  ): ReturnType<LoadSlice> {
    const lent = this.#lent!;
    const options = { lent, onProgress, signal };
    const executor = await loadStage(await this.#backend.runtime(), this.#opened(), layers, options);
    try {
      if (signal.aborted) throw cancelled();
      const share = shareOf(lent);
      const msPerLayer = (await warmUp(executor)) / share;
      this.#pace.share = share;
      // Who lends all of a device has nothing between its steps.
      return { executor: share < 1 ? paceExecutor(executor, this.#pace) : executor, msPerLayer };
    } catch (thrown) {
      await executor.dispose();
      throw thrown;
    }
  }

  /** Called when the link to the next stage is proved, or at once at the exit: from now on frames are computed. */
  serve(epoch: number): void {
    const entry = this.#epochs.get(epoch);
    if (!entry?.slice || entry.node) return;
    const { pool, stage, next } = entry.assignment;
    const link = next ? this.links.get(epoch, 'out', next) : undefined;
    if (next && !link) return;
    entry.node = new RingNode({
      epoch,
      stage,
      executor: entry.slice.executor,
      sessions: entry.slice.sessions,
      ...(link ? { next: link } : {}),
      grants: { trust: this.#trust, pool, self: this.#identity().peer, meters: this.#meters },
      linkTo: (peer) =>
        peer === this.#identity().peer ? entry.drivers.get(peer)?.atNode : this.links.get(epoch, 'in', peer),
      entryLink: () => this.links.incoming(epoch).find(comesFromEntry),
      onFault: (error) => this.#tell('fault', error.toShape()),
      onRefused: ({ code }) => {
        if (code === 'grant-refused') this.#refusals[code] = (this.#refusals[code] ?? 0) + 1;
      },
      onServed: (step) => this.#served.add(step),
    });
  }

  async retire(epoch: number): Promise<{ hadSessions: boolean }> {
    const entry = this.#epochs.get(epoch);
    if (!entry) return { hadSessions: false };
    entry.abort.abort();
    this.loops.retire(epoch);
    const hadSessions = (entry.node?.sessions ?? 0) > 0;
    const deadline = performance.now() + RETIRE_GRACE_MS;
    while ((entry.node?.sessions ?? 0) > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, RETIRE_POLL_MS));
    }
    this.#epochs.delete(epoch);
    this.#tickets.delete(epoch);
    for (const driver of entry.drivers.values()) driver.close();
    this.links.closeEpoch(epoch);
    await entry.node?.close();
    entry.use?.release();
    this.#warmUp();
    return { hadSessions };
  }

  #opened(): OpenModel {
    if (!this.#model) throw new PoolError('internal', 'The model was not read before it was used.');
    return this.#model;
  }

  #listen(link: ChannelLink): void {
    link.listen({
      onFrame: (bytes) => this.#route(link, bytes),
      onClose: () => {
        for (const { node, drivers } of this.#epochs.values()) {
          node?.linkClosed(link);
          for (const driver of drivers.values()) driver.linkClosed(link);
        }
        this.loops.linkClosed(link);
      },
    });
  }

  #route(link: Link, bytes: Uint8Array): void {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch (cause) {
      // Random bytes: nothing in them says whom to answer.
      if (link instanceof ChannelLink) link.noteFault(PoolError.from(cause));
      return;
    }
    const entry = this.#epochs.get(frame.epoch);
    if (!entry?.node || (link instanceof ChannelLink && !link.speaks(frame.epoch))) {
      refuseFrame(link, frame, new PoolError('epoch-stale', NOT_SERVED));
    } else if (frame.kind === 'result') {
      for (const driver of entry.drivers.values()) driver.take(link, bytes);
    } else if (comesFromDriver(link)) this.loops.take(link, frame);
    else if (!maySend(link, frame)) refuseFrame(link, frame, new PoolError('ticket-refused', NOT_BEFORE));
    else entry.node.accept(link, frame);
  }

  #tellLinks(): void {
    // Tenths of a millisecond: what changes less than that is not told again.
    const rtts = this.links.rtts().map(({ peer, ms }) => ({ peer, ms: Math.round(ms * 10) / 10 }));
    const links = { rtts, refusals: { ...this.links.refusals, ...this.#refusals } };
    const text = JSON.stringify(links);
    if (text === this.#toldLinks) return;
    this.#toldLinks = text;
    this.#tell('links', links);
  }

  #tellServed(): void {
    const sessions = [...this.#epochs.values()].reduce((sum, { node }) => sum + (node?.sessions ?? 0), 0);
    const served = this.#served.changed(sessions);
    if (served) this.#tell('served', { ...served, ...this.links.traffic() });
  }
}

const shareOf = ({ share = 1 }: LentMemory): number => share;

/** A stage whose worker drives nothing itself. */
const NO_DRAFTS: EntryDrafts = { speculate: () => undefined, prepare: () => {} };

const NOT_SERVED = 'This stage does not serve that coalition.';
const NOT_BEFORE = 'Frames of a session come from the stage before.';
