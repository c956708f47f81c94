// A view of a link for who wants to know what goes out over it.
import type { PeerId } from '../../protocol/ids.ts';
import type { Link, LinkHandlers } from './link.ts';

/** A link that says what goes out over it, once it has gone. */
export class TeeLink implements Link {
  readonly #link: Link;
  readonly #onSent: (bytes: Uint8Array) => void;

  constructor(link: Link, onSent: (bytes: Uint8Array) => void) {
    this.#link = link;
    this.#onSent = onSent;
  }

  get peer(): PeerId {
    return this.#link.peer;
  }

  get rttMs(): number {
    return this.#link.rttMs;
  }

  get closed(): boolean {
    return this.#link.closed;
  }

  send(bytes: Uint8Array): void {
    this.#link.send(bytes);
    this.#onSent(bytes);
  }

  listen(handlers: LinkHandlers): void {
    this.#link.listen(handlers);
  }

  close(): void {
    this.#link.close();
  }
}
