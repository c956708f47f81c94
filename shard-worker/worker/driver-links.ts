// The links of a driver that lives in the worker of the entry stage: a memory link into its own ring node, and the results
// that come on the link to the exit. That link may be the ring's next one as well, so frames are told apart here.
import type { PeerId } from '../../protocol/ids.ts';
import type { Link, LinkHandlers } from '../links/link.ts';
import { memoryLinkPair } from '../links/memory-link.ts';

/** Results that wait for a driver to listen: none was asked for before, so this is only ever a stray. */
const MAX_EARLY_RESULTS = 16;

export class DriverLinks {
  /** The driver's ends. The same link twice where one stage holds everything. */
  readonly entry: Link;
  readonly exit: Link;
  /** The ring node's end of `entry`: sessions of this driver come in here. */
  readonly atNode: Link;
  readonly #results: ResultLink | undefined;

  /**
   * `driver`: whose sessions come in here, this worker's own peer or another one whose loops run in it. `toExit`: the proved link to
   * the exit stage; none where this stage is the exit itself.
   */
  constructor(self: PeerId, driver: PeerId, toExit?: Link) {
    [this.entry, this.atNode] = memoryLinkPair(driver, self);
    this.#results = toExit && new ResultLink(toExit);
    this.exit = this.#results ?? this.entry;
  }

  /** Takes a result that came on this link: whose it is, is seen by who waits for it. */
  take(link: Link, bytes: Uint8Array): void {
    if (this.#results?.source === link) this.#results.deliver(bytes);
  }

  get isClosed(): boolean {
    return this.entry.closed || this.exit.closed;
  }

  /** The link to the exit broke. */
  linkClosed(link: Link): void {
    if (this.#results?.source === link) this.close();
  }

  /** Ends the driver's ends; the link to the exit stays the table's. */
  close(): void {
    this.entry.close();
    this.#results?.close();
  }
}

/** A view of the link to the exit that has its results alone. */
class ResultLink implements Link {
  readonly source: Link;
  #handlers: LinkHandlers | undefined;
  #isClosed = false;
  readonly #early: Uint8Array[] = [];

  constructor(source: Link) {
    this.source = source;
  }

  get peer(): PeerId {
    return this.source.peer;
  }

  get rttMs(): number {
    return this.source.rttMs;
  }

  get closed(): boolean {
    return this.#isClosed || this.source.closed;
  }

  send(frame: Uint8Array): void {
    this.source.send(frame);
  }

  listen(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    for (const bytes of this.#early.splice(0)) handlers.onFrame(bytes);
    if (this.closed) handlers.onClose();
  }

  deliver(bytes: Uint8Array): void {
    if (this.#handlers) this.#handlers.onFrame(bytes);
    else if (this.#early.length < MAX_EARLY_RESULTS) this.#early.push(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handlers?.onClose();
  }
}
