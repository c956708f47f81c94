// The proof of one link as it goes on over its first channel: says hello until it is answered, holds what arrives while a
// signature is made or checked, keeps its deadlines. Cuts no frame and knows no other channel.
import { PoolError } from '../../protocol/errors.ts';
import { LINK_TIMEOUT_MS, MAX_FRAGMENT_BYTES } from '../../protocol/limits.ts';
import { LinkHandshake, type LinkHandshakeOptions, type Standing } from './link-handshake.ts';
import {
  type ConfirmWord,
  type HelloWord,
  type LinkWord,
  otherVersion,
  unexpected,
  type WelcomeWord,
} from './link-words.ts';

/** A hello before the far side has heard of the epoch gets no answer; it is said again at this pace. */
const HELLO_AGAIN_MS = 100;
/** Messages that wait while a signature is made or checked. Signing takes a millisecond; more than this is a flood. */
const MAX_HELD_MESSAGES = 64;

export interface LinkProvingOptions extends LinkHandshakeOptions {
  /** This side's own ticket. While the answerer has none a hello gets no answer: the far side will ask again. */
  ticketOf(): string | undefined;
}

/** What the link does for its proof. */
export interface ProvingRim {
  say(word: LinkWord): void;
  /** A message whose turn it is. */
  take(message: Uint8Array): void;
  /** Ends the link. */
  fail(error: PoolError): void;
  /** As `fail`, and it is the far side's fault. */
  refuse(error: PoolError): void;
  onProved(): void;
}

/** A hello that waits for its welcome. */
interface Asking {
  ticket: string;
  /** A welcome came: ends the repetition. `finish` ends the wait: the link is proved, or failed. */
  stop(): void;
  finish(error?: PoolError): void;
}

export class LinkProving {
  isProved = false;
  readonly #options: LinkProvingOptions;
  readonly #rim: ProvingRim;
  readonly #handshake: LinkHandshake;
  readonly #deadline: ReturnType<typeof setTimeout> | undefined;
  #asking: Asking | undefined;
  #isOver = false;
  /** What came while a signature is made or checked; in order. */
  #held: Uint8Array[] | undefined;

  constructor(options: LinkProvingOptions, rim: ProvingRim) {
    this.#options = options;
    this.#rim = rim;
    this.#handshake = new LinkHandshake(options);
    // The asker has given up by then: a stranger cannot keep a link half open.
    const late = () => rim.fail(new PoolError('link-failed', 'The neighbouring tab did not prove itself in time.'));
    if (options.role === 'answerer') this.#deadline = setTimeout(late, LINK_TIMEOUT_MS);
  }

  /** What both tickets say; undefined until the far side's was accepted. */
  get standing(): Standing | undefined {
    return this.#handshake.standing;
  }

  /** Whether a hello waits for its answer. */
  get isAsking(): boolean {
    return this.#asking !== undefined;
  }

  /** As `ChannelLink.hello`. */
  async hello(timeoutMs: number): Promise<void> {
    if (this.#options.role !== 'asker') throw new PoolError('internal', 'The side that is asked says no hello.');
    if (this.isProved) return;
    const ticket = this.#options.ticketOf();
    if (ticket === undefined) {
      const error = new PoolError('ticket-refused', 'This tab has no ticket of that coalition.');
      this.#rim.fail(error);
      throw error;
    }
    await new Promise<void>((resolve, reject) => {
      const hello = this.#handshake.hello(ticket);
      const again = setInterval(() => this.#rim.say(hello), HELLO_AGAIN_MS);
      const late = new PoolError('link-failed', 'The neighbouring tab could not be reached in time.');
      const deadline = setTimeout(() => this.#rim.fail(late), timeoutMs);
      this.#asking = {
        ticket,
        stop: () => clearInterval(again),
        finish: (error) => {
          clearInterval(again);
          clearTimeout(deadline);
          this.#asking = undefined;
          if (error) reject(error);
          else resolve();
        },
      };
      this.#rim.say(hello);
    });
  }

  /** A message of the first channel: passed on to `take`, at once or in its turn. */
  receive(message: Uint8Array): void {
    if (!this.#held) this.#rim.take(message);
    else if (this.#held.length < MAX_HELD_MESSAGES && message.byteLength <= MAX_FRAGMENT_BYTES)
      this.#held.push(message);
    else this.#rim.refuse(new PoolError('not-authentic', 'A peer sent too much before it was proved.'));
  }

  /** A word of the proof. Throws what is wrong with it. */
  hear(word: LinkWord): void {
    if (word.type === 'hello') this.#hearHello(word);
    else if (word.type === 'welcome') this.#hearWelcome(word);
    else if (word.type === 'confirm') this.#hearConfirm(word);
    else if (word.type === 'refuse' && this.#asking) this.#rim.fail(otherVersion(word.version));
    else throw unexpected(word.type);
  }

  /** The link is closed: nothing is said or taken any more, and who waits on a hello hears why. */
  end(error: PoolError): void {
    this.#isOver = true;
    this.#held = undefined;
    clearTimeout(this.#deadline);
    this.#asking?.finish(error);
  }

  #hearHello(hello: HelloWord): void {
    const { role, epoch, ticketOf } = this.#options;
    if (role !== 'answerer') throw new PoolError('bad-frame', 'A peer that was asked asks back.');
    if (hello.epoch !== epoch || this.#handshake.hasAnswered(hello)) return;
    const ticket = ticketOf();
    if (ticket === undefined) return;
    this.#pause(async () => this.#rim.say(await this.#handshake.welcome(hello, ticket)));
  }

  #hearWelcome(welcome: WelcomeWord): void {
    const asking = this.#asking;
    if (!asking || welcome.epoch !== this.#options.epoch) throw unexpected('welcome');
    asking.stop();
    this.#pause(async () => {
      this.#rim.say(await this.#handshake.confirm(welcome, asking.ticket));
      if (this.#isOver) return;
      this.#prove();
      asking.finish();
    });
  }

  #hearConfirm(confirm: ConfirmWord): void {
    const { role, epoch } = this.#options;
    if (role !== 'answerer' || this.isProved || confirm.epoch !== epoch) throw unexpected('confirm');
    this.#pause(async () => {
      await this.#handshake.check(confirm);
      if (!this.#isOver) this.#prove();
    });
  }

  #prove(): void {
    this.isProved = true;
    clearTimeout(this.#deadline);
    this.#rim.onProved();
  }

  /** Holds what arrives until `work` is done, so that messages stay in order; a failure ends the link. */
  #pause(work: () => Promise<void>): void {
    this.#held = [];
    work().then(
      () => {
        const held = this.#held ?? [];
        this.#held = undefined;
        // One of these may pause again: then those behind it are held anew.
        for (const message of held) this.receive(message);
      },
      (error) => this.#rim.refuse(PoolError.from(error)),
    );
  }
}
