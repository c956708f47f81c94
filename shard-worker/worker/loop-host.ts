// The loops of an entry: one for each session that a driver opens there, over rings that begin and end in this worker. Says whom it
// refuses and why; lets go of what nobody comes back for.
import { checkDelivery, type SignedDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId, SessionId } from '../../protocol/ids.ts';
import { MAX_CHOICES, MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { EntryLoop } from '../driver/entry-loop.ts';
import { JobPrompts } from '../driver/job-prompts.ts';
import { LoopNotes } from '../driver/loop-notes.ts';
import { readAck } from '../driver/loop-words.ts';
import { RingClient } from '../driver/ring-client.ts';
import type { Speculation } from '../driver/speculation.ts';
import type { Link } from '../links/link.ts';
import { TeeLink } from '../links/tee-link.ts';
import { OpenLine } from '../ring/open-line.ts';
import { type LoopTerms, type OpenSession, readOpenSession } from '../ring/open-session.ts';
import { refuseFrame } from './refuse-frame.ts';
import { RingTable } from './ring-table.ts';
import type { CoalitionForDriver } from './worker-api.ts';

/** Links of an epoch come up a moment after a driver has heard that it serves; a loop that is alone has time. */
const EPOCH_WAIT_MS = 5_000;
const ALONE_WAIT_MS = 120_000;
/** Frames of a driver that wait while its grant is read: a prompt of the longest kind. */
const MAX_WAITING = 256;

/** What guesses at the entry. */
export interface EntryDrafts {
  /** Undefined for `none`. */
  speculate(kind: LoopTerms['drafter']): Speculation | undefined;
  /** Nothing is answered just now: there is time to load a model. */
  prepare(): void;
}

export interface LoopHostOptions {
  /** The ends in this worker for sessions of that driver: undefined unless it is the entry of the epoch and can reach the exit. */
  linksFor(epoch: number, driver: PeerId): { entry: Link; exit: Link } | undefined;
  /** No loop of that driver is here any more. */
  letGo(driver: PeerId): void;
  drafts: EntryDrafts;
  /** What a grant says; undefined where nobody asks for one. Rejects with `grant-refused`. */
  readGrant(grant: string | undefined, driver: PeerId): Promise<OpenGrant | undefined>;
  /** Positions that the entry's layers can hold. */
  maxContext(): number;
  now?(): number;
}

interface Driver {
  loops: Map<SessionId, EntryLoop>;
  rings: RingTable<RingClient>;
  /** It had no loop when this was looked at last. */
  isLeaving?: boolean;
}

interface Waiting {
  link: Link;
  frame: Frame;
}

export class LoopHost {
  readonly #options: LoopHostOptions;
  readonly #now: () => number;
  readonly #coalitions = new Map<number, CoalitionForDriver>();
  readonly #drivers = new Map<PeerId, Driver>();
  readonly #line = new OpenLine<Waiting>(MAX_WAITING);
  readonly #notes = new LoopNotes();
  readonly #prompts = new JobPrompts();
  /** The newest epoch that the server has tried, or that somebody was answered over. */
  #served = 0;

  constructor(options: LoopHostOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Loops that have something to do. */
  get busy(): number {
    return this.#all().filter(({ isBusy }) => isBusy).length;
  }

  /** This worker is the entry of that coalition, and its links are in place. It may be the server's to try first. */
  use(coalition: CoalitionForDriver): void {
    this.#coalitions.set(coalition.epoch, coalition);
    for (const [driver, { rings }] of this.#drivers) {
      this.#addRing(driver, rings, coalition);
      if (coalition.epoch <= this.#served) rings.serve(coalition.epoch);
    }
  }

  /** The server has tried it: loops that are alone go on over it. */
  serve(epoch: number): void {
    this.#served = Math.max(this.#served, epoch);
    for (const driver of this.#drivers.values()) this.#serve(driver, epoch);
  }

  drop(epoch: number, error: PoolError): void {
    this.#coalitions.delete(epoch);
    for (const { rings } of this.#drivers.values()) rings.drop(epoch, error);
  }

  /** Caches that nobody computes with keep no slice of that epoch. */
  retire(epoch: number): void {
    this.#coalitions.delete(epoch);
    for (const loop of this.#all()) loop.releaseUnless((ring) => ring.epoch !== epoch);
  }

  /** A frame of a driver. What is wrong with it is answered on its link. */
  take(link: Link, frame: Frame): void {
    try {
      if (this.#line.isOpening(frame.session)) this.#line.hold(frame.session, { link, frame });
      else if (frame.kind === 'open') this.#readOpen(link, frame);
      else this.#take(link, frame);
    } catch (cause) {
      const loop = this.#drivers.get(link.peer)?.loops.get(frame.session);
      refuseFrame(link, frame, PoolError.from(cause), loop?.turn);
    }
  }

  linkClosed(link: Link): void {
    for (const loop of this.#drivers.get(link.peer)?.loops.values() ?? []) loop.linkClosed(link);
  }

  /** The last that the driver of this job has signed for; whoever asks is over with it, and so is its loop. */
  noteOf(job: JobId): SignedDelivery | undefined {
    for (const loop of this.#all()) loop.endJob(job);
    return this.#notes.of(job);
  }

  /** Lets go of what nobody comes back for. Called now and then. */
  sweep(): void {
    for (const [peer, driver] of this.#drivers) {
      for (const [id, loop] of driver.loops) {
        loop.releaseUnless((ring) => this.#coalitions.has(ring.epoch));
        if (!loop.isStale) continue;
        loop.close();
        // Its ring is needed until the stages have heard of it.
        if (!loop.isBusy) driver.loops.delete(id);
      }
      if (driver.loops.size > 0) driver.isLeaving = false;
      else if (driver.isLeaving) this.#letGo(peer, driver);
      else driver.isLeaving = true;
    }
  }

  #letGo(peer: PeerId, { rings }: Driver): void {
    this.#drivers.delete(peer);
    for (const epoch of this.#coalitions.keys())
      rings.drop(epoch, new PoolError('epoch-stale', 'The driver has left.'));
    this.#options.letGo(peer);
  }

  #take(link: Link, frame: Frame): void {
    const loop = this.#drivers.get(link.peer)?.loops.get(frame.session);
    if (frame.kind === 'step') {
      if (!loop) throw new PoolError('bad-frame', 'A prompt comes behind the frame that opens its session.');
      loop.step(frame);
    } else if (frame.kind === 'ack' && loop) this.#ack(loop, frame.position, readAck(frame.payload));
    else if (frame.kind === 'close') loop?.stop((frame.flags & FRAME_FLAGS.aside) !== 0);
    else if (frame.kind === 'hidden') throw new PoolError('bad-frame', 'A driver has no hidden states to give.');
  }

  /** What it has it may say; how far the loop goes is what it has signed for. */
  #ack(loop: EntryLoop, position: number, signed: SignedDelivery | undefined): void {
    const { grant, driver } = loop;
    loop.ack(position);
    if (grant && signed) this.#notes.take(grant, driver, signed, () => loop.ack(position), checkDelivery);
  }

  /** A grant is read before anything is kept for who shows it, and what it has signed for; frames that follow wait. */
  #readOpen(link: Link, frame: Frame): void {
    const open = readOpenSession(frame.payload);
    const { loop, driver } = open;
    if (!loop) throw new PoolError('bad-frame', 'A driver asks the entry to run the answer by itself.');
    if (driver !== link.peer) throw new PoolError('grant-refused', 'A driver opens sessions with its own grant only.');
    this.#line.begin(frame.session);
    this.#options
      .readGrant(open.grant, driver)
      .then(async (grant) => {
        if (grant && loop.delivery) await this.#notes.show(grant, driver, loop.delivery, checkDelivery);
        this.#open(link, frame, { ...open, loop }, grant);
      })
      .catch((cause) => refuseFrame(link, frame, PoolError.from(cause)))
      .finally(() => {
        for (const waited of this.#line.end(frame.session)) this.take(waited.link, waited.frame);
      });
  }

  #open(link: Link, frame: Frame, open: OpenSession & { loop: LoopTerms }, grant: OpenGrant | undefined): void {
    if (link.closed) return;
    const driver = this.#driver(link.peer);
    const known = driver.loops.get(frame.session);
    if (!known) this.#makeRoom([...driver.loops.values()], grant);
    const loop = known ?? this.#begin(link.peer, frame.session);
    driver.loops.set(frame.session, loop);
    this.#serve(driver, frame.epoch);
    loop.open(link, frame.epoch, open, grant);
  }

  /** Somebody asks over this epoch: it is no trial, and what the ones before hold of others' pauses is let go. */
  #serve({ rings, loops }: Driver, epoch: number): void {
    if ((rings.newest?.epoch ?? 0) >= epoch) return;
    rings.serve(epoch);
    for (const loop of loops.values()) loop.releaseUnless((ring) => rings.isCurrent(ring));
  }

  #begin(driver: PeerId, session: SessionId): EntryLoop {
    const loop: EntryLoop = new EntryLoop(driver, session, {
      // A driver who is there has named the ring; alone, the loop goes on where it can.
      acquire: (signal, avoid) => {
        const { epoch } = loop;
        const which = epoch === undefined ? { avoid, timeoutMs: ALONE_WAIT_MS } : { epoch, timeoutMs: EPOCH_WAIT_MS };
        return this.#driver(driver).rings.acquire({ signal, ...which });
      },
      speculate: (kind) => this.#options.drafts.speculate(kind),
      maxContext: () => this.#options.maxContext(),
      signedFor: (job) => this.#notes.tokensOf(job),
      checkPrompt: (order) => this.#prompts.check(order),
      onEnd: () => {
        // A ring that was given up meanwhile is kept by nobody's pause.
        loop.releaseUnless((ring) => this.#coalitions.has(ring.epoch));
        if (this.busy === 0) this.#options.drafts.prepare();
      },
      now: this.#now,
    });
    return loop;
  }

  #driver(peer: PeerId): Driver {
    const known = this.#drivers.get(peer);
    if (known) return known;
    const made: Driver = { loops: new Map(), rings: new RingTable<RingClient>() };
    this.#drivers.set(peer, made);
    for (const coalition of this.#coalitions.values()) this.#addRing(peer, made.rings, coalition);
    made.rings.serve(this.#served);
    return made;
  }

  #addRing(driver: PeerId, rings: RingTable<RingClient>, { epoch, ring, seats }: CoalitionForDriver): void {
    const links = this.#options.linksFor(epoch, driver);
    if (!links) return;
    const entry = new TeeLink(links.entry, (bytes) => this.#sent(driver, bytes));
    const exit = links.exit === links.entry ? entry : links.exit;
    rings.add(new RingClient({ epoch, ring, self: driver, entry, exit, seats }), false);
  }

  /** A frame of one of that driver's sessions goes into the ring. */
  #sent(driver: PeerId, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    const isTold = frame.kind === 'open' || (frame.kind === 'step' && !(frame.flags & FRAME_FLAGS.replay));
    if (!isTold) return;
    const loops = [...(this.#drivers.get(driver)?.loops.values() ?? [])];
    loops.find(({ session }) => session === frame.session)?.sent(frame);
  }

  /** The oldest that has nothing to do gives way: of this driver's own where it, or this job, has many. Throws `sessions-full`. */
  #makeRoom(own: readonly EntryLoop[], grant: OpenGrant | undefined): void {
    const all = this.#all();
    const ofJob = grant ? own.filter((loop) => loop.grant?.job === grant.job) : [];
    // A driver that asks anew under another session has given up the one before.
    if (grant && ofJob.length >= grant.sessions) this.#close(ofJob[0]!);
    const isMany = own.length >= MAX_CHOICES;
    if (!isMany && all.length < MAX_SESSIONS_PER_STAGE) return;
    const idle = (isMany ? own : all).filter(({ isBusy }) => !isBusy);
    const [oldest] = idle.sort((a, b) => a.usedMs - b.usedMs);
    if (!oldest) throw new PoolError('sessions-full', 'The entry runs as many answers as it may.');
    this.#close(oldest);
  }

  #close(loop: EntryLoop): void {
    loop.close();
    // Its ring is needed until the stages have heard of it.
    if (!loop.isBusy) this.#drivers.get(loop.driver)?.loops.delete(loop.id);
  }

  #all(): EntryLoop[] {
    return [...this.#drivers.values()].flatMap(({ loops }) => [...loops.values()]);
  }
}
