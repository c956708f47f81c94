// What the broker holds for peers that are not there yet: a tab may be called before its own socket is open. Bounded in
// size, per sender and in all, and in time. No socket and no timer in here.

/** A message as PeerJS writes it, its sender told by the broker. */
export interface BrokerMessage {
  type: 'OFFER' | 'ANSWER' | 'CANDIDATE' | 'LEAVE' | 'EXPIRE';
  src: string;
  dst: string;
  payload?: unknown;
}

/** Whoever is not there by then will not come. */
const KEPT_MS = 5_000;
/** Characters of JSON. An offer with its candidates is a few thousand. */
const MAX_CHARS = 8_000_000;
const MAX_CHARS_PER_SENDER = 256_000;

interface Kept {
  message: BrokerMessage;
  chars: number;
  atMs: number;
}

export class BrokerMail {
  readonly #kept = new Map<string, Kept[]>();
  readonly #charsBySender = new Map<string, number>();
  #chars = 0;

  /** Characters held now. */
  get chars(): number {
    return this.#chars;
  }

  /** False when there is no room: the sender must hear that nobody is there. */
  keep(message: BrokerMessage, nowMs: number): boolean {
    const chars = JSON.stringify(message).length;
    const ofSender = (this.#charsBySender.get(message.src) ?? 0) + chars;
    if (ofSender > MAX_CHARS_PER_SENDER || this.#chars + chars > MAX_CHARS) return false;
    this.#charsBySender.set(message.src, ofSender);
    this.#chars += chars;
    const kept = this.#kept.get(message.dst);
    if (kept) kept.push({ message, chars, atMs: nowMs });
    else this.#kept.set(message.dst, [{ message, chars, atMs: nowMs }]);
    return true;
  }

  /** All that waits for somebody, in the order of its sending; it waits no longer. */
  take(dst: string): BrokerMessage[] {
    const kept = this.#kept.get(dst) ?? [];
    this.#kept.delete(dst);
    for (const each of kept) this.#forget(each);
    return kept.map(({ message }) => message);
  }

  /** What waited too long, once for each sender and who did not come. */
  expire(nowMs: number): Pick<BrokerMessage, 'src' | 'dst'>[] {
    const expired = new Map<string, Pick<BrokerMessage, 'src' | 'dst'>>();
    for (const [dst, kept] of this.#kept) {
      const left = kept.filter((each) => nowMs - each.atMs < KEPT_MS);
      if (left.length > 0) this.#kept.set(dst, left);
      else this.#kept.delete(dst);
      for (const each of kept.slice(0, kept.length - left.length)) {
        this.#forget(each);
        const { src } = each.message;
        expired.set(JSON.stringify([src, dst]), { src, dst });
      }
    }
    return [...expired.values()];
  }

  #forget({ message: { src }, chars }: Kept): void {
    this.#chars -= chars;
    const left = (this.#charsBySender.get(src) ?? 0) - chars;
    if (left > 0) this.#charsBySender.set(src, left);
    else this.#charsBySender.delete(src);
  }
}
