// How many connections an address may hold that carry plain HTTP: a process has so many files, and who opens all of them says
// nothing on most. Sockets that were upgraded have a gate of their own (connection-gate.ts).
import type { Duplex } from 'node:stream';

/** Thirty browsers behind one router with eight each, or a program that asks for as many answers at once. */
export const MAX_CONNECTIONS_PER_ADDRESS = 256;

export class ConnectionShare {
  readonly #most: number;
  readonly #places = new WeakMap<Duplex, string>();
  /** Bounded by the connections that are open. */
  readonly #counts = new Map<string, number>();

  constructor(most = MAX_CONNECTIONS_PER_ADDRESS) {
    this.#most = most;
  }

  /** Addresses that hold one now. */
  get size(): number {
    return this.#counts.size;
  }

  /** False: one too many. Whoever takes one lets it go. */
  take(socket: Duplex, place: string): boolean {
    const held = this.#counts.get(place) ?? 0;
    if (held >= this.#most) return false;
    this.#places.set(socket, place);
    this.#counts.set(place, held + 1);
    return true;
  }

  /** It has closed, or carries something else now. Again does nothing. */
  letGo(socket: Duplex): void {
    const place = this.#places.get(socket);
    if (place === undefined) return;
    this.#places.delete(socket);
    const left = (this.#counts.get(place) ?? 1) - 1;
    if (left > 0) this.#counts.set(place, left);
    else this.#counts.delete(place);
  }
}
