// One WebRTC connection to a peer, kept while links of one epoch after another run over it: each has a pair of channels of its own,
// and who asks for the next says so over PeerJS's channel. Exchanges no candidates and no certificates a second time.
import type { DataConnection } from 'peerjs';
import * as z from 'zod/mini';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';

/** Both ends create a channel with its id themselves (RFC 8832 calls it negotiated): no event to wait for. */
const FIRST_CHANNEL_ID = 100;
/** Browsers end at 1,023. Each end takes every other pair. */
const MAX_PAIRS = 400;
/** Links of one connection that are there at once: an epoch, the one before it, and some that still end. */
const MAX_LINKS = 8;
/** The far page answers at once; one that does not is dialled anew. */
const ANSWER_MS = 2_000;
/** Links that others ask for over one connection and have not proved yet: an epoch, and those that were given up for it a moment ago. */
const MAX_UNPROVED = 3;
/** A connection that no link uses is kept for so long. */
const IDLE_MS = 30_000;
/** One that the other end wants for later, for so long: it asks again. */
const HELD_MS = 10 * 60_000;
const MAX_WORD_CHARS = 200;

const wordSchema = z.discriminatedUnion('type', [
  /** Asks for a link of this epoch over the pair with this number. */
  z.object({
    type: z.literal('again'),
    epoch: z.number().check(z.int(), z.gte(0)),
    pair: z.number().check(z.int(), z.gt(0), z.lt(MAX_PAIRS)),
  }),
  /** Wants the connection for later links, or does not any more. */
  z.object({ type: z.literal('hold'), isHeld: z.boolean() }),
  /** The asked side has made it. */
  z.object({ type: z.literal('made'), pair: z.number().check(z.int()) }),
]);
type Word = z.infer<typeof wordSchema>;

export interface Pair {
  readonly epoch: number;
  readonly direction: 'in' | 'out';
  readonly channel: RTCDataChannel;
  readonly pulse?: RTCDataChannel;
}

export interface KeptConnectionOptions {
  readonly connection: DataConnection;
  readonly peer: PeerId;
  readonly lane: number;
  readonly isDialler: boolean;
  /** In the very task that made them. */
  onPair(pair: Pair): void;
  /** Whether this end goes along with the other one's wish to keep it. */
  mayHold(): boolean;
  /** Once: it is closed, by whomever. */
  onOver(): void;
}

export class KeptConnection {
  readonly #options: KeptConnectionOptions;
  readonly #asked = new Map<number, (isMade: boolean) => void>();
  /** Those of either end. */
  readonly #used = new Set<number>();
  #next: number;
  #links = 0;
  #unproved = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** This end wants it for later. */
  #isWanted = false;
  /** The other end does. */
  #isHeld = false;
  #isFit = true;
  #isOver = false;

  constructor(options: KeptConnectionOptions) {
    this.#options = options;
    this.#next = options.isDialler ? 2 : 1;
    const { connection } = options;
    connection.on('data', (data) => this.#hear(data));
    connection.on('close', () => this.close());
    connection.on('error', () => this.close());
    // PeerJS watches ICE alone, which stays `disconnected` at the side that was dialled when the other end is gone for good.
    const { peerConnection } = connection;
    peerConnection.addEventListener('connectionstatechange', () => {
      if (peerConnection.connectionState === 'failed') this.close();
    });
    this.#rest();
  }

  get peer(): PeerId {
    return this.#options.peer;
  }

  /** The other end wants it for later. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether a link over it can be asked for. An answerer's is another one's way out as long as that uses it. */
  isOpenTo(peer: PeerId, lane: number): boolean {
    const { peer: own, lane: ownLane, isDialler, connection } = this.#options;
    const isFree = this.#links < (isDialler ? MAX_LINKS : 1) && this.#next < MAX_PAIRS;
    if (own !== peer || ownLane !== lane || !isFree || !this.#isFit || this.#isOver) return false;
    // PeerJS lets go of it when it closes.
    return (connection.peerConnection as RTCPeerConnection | null)?.connectionState === 'connected';
  }

  /** The first pair, which both ends make unasked. Throws `link-failed` where the connection is gone meanwhile. */
  begin(epoch: number): void {
    if (this.#make(epoch, 0, this.#options.isDialler ? 'out' : 'in')) return;
    throw new PoolError('link-failed', 'The connection to the other tab was closed.');
  }

  /** True once both ends have made another pair; `onPair` has had it then. */
  again(epoch: number): Promise<boolean> {
    const pair = this.#next;
    this.#next += 2;
    return new Promise((resolve) => {
      const end = (isMade: boolean): void => {
        clearTimeout(timer);
        this.#asked.delete(pair);
        // Asked in vain once, it would cost the next link the same wait.
        if (!isMade) this.#isFit = false;
        resolve(isMade && this.#make(epoch, pair, 'out'));
        this.#rest();
      };
      const timer = setTimeout(() => end(false), ANSWER_MS);
      this.#asked.set(pair, end);
      this.#say({ type: 'again', epoch, pair });
    });
  }

  /** Kept although no link uses it, at both ends, until it is not wanted any more. `isTold`: the other end knows. */
  want(isWanted: boolean, isTold = false): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    if (!isTold) this.#say({ type: 'hold', isHeld: isWanted });
    this.#rest();
  }

  /** The other end wants it, or does not any more. */
  hold(isHeld: boolean): void {
    if (isHeld && !this.#isHeld && !this.#options.mayHold()) return;
    this.#isHeld = isHeld;
    this.#rest();
  }

  /** A link that the other end asked for has shown who it is of. */
  proved(): void {
    this.#unproved -= 1;
  }

  /** A link of it is over: its channels are its owner's to close. After one that broke, no other one is made. */
  release(isFit: boolean, isProved = true): void {
    this.#links -= 1;
    if (!isProved) this.#unproved -= 1;
    this.#isFit &&= isFit;
    this.#rest();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#idle);
    for (const end of [...this.#asked.values()]) end(false);
    this.#options.connection.close();
    this.#options.onOver();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#links > 0 || this.#isOver) return;
    if (!this.#isFit) this.close();
    else if (!this.#isWanted) this.#idle = setTimeout(() => this.close(), this.#isHeld ? HELD_MS : IDLE_MS);
  }

  #hear(data: unknown): void {
    const word = readWord(data);
    if (word?.type === 'made') this.#asked.get(word.pair)?.(true);
    else if (word?.type === 'again') this.#answer(word);
    else if (word?.type === 'hold') this.hold(word.isHeld);
  }

  #answer({ epoch, pair }: Word & { type: 'again' }): void {
    const isTheirs = pair % 2 === (this.#options.isDialler ? 1 : 0);
    if (!isTheirs || this.#used.has(pair) || this.#links >= MAX_LINKS) return;
    if (this.#unproved >= MAX_UNPROVED) return;
    if (this.#make(epoch, pair, 'in')) this.#say({ type: 'made', pair });
  }

  /** False where the browser makes none: the connection is gone, and nobody has said so yet. */
  #make(epoch: number, pair: number, direction: Pair['direction']): boolean {
    const { connection, lane, onPair } = this.#options;
    const id = FIRST_CHANNEL_ID + 2 * pair;
    const make = (label: string, init: RTCDataChannelInit): RTCDataChannel =>
      connection.peerConnection.createDataChannel(label, { negotiated: true, ...init });
    let made: Pick<Pair, 'channel' | 'pulse'>;
    try {
      // Words need their order; slices find theirs by number, and none waits for one that was lost before it.
      const channel = make('ring', { id, ordered: lane === 0 });
      // One that is late is worth nothing: the next one is on its way.
      const pulse = lane === 0 ? make('pulse', { id: id + 1, ordered: false, maxRetransmits: 0 }) : undefined;
      made = { channel, ...(pulse ? { pulse } : {}) };
    } catch {
      this.close();
      return false;
    }
    this.#used.add(pair);
    this.#links += 1;
    if (direction === 'in') this.#unproved += 1;
    clearTimeout(this.#idle);
    onPair({ epoch, direction, ...made });
    return true;
  }

  #say(word: Word): void {
    void this.#options.connection.send(JSON.stringify(word));
  }
}

/** A stranger wrote it. */
function readWord(data: unknown): Word | undefined {
  if (typeof data !== 'string' || data.length > MAX_WORD_CHARS) return undefined;
  try {
    const read = wordSchema.safeParse(JSON.parse(data));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
