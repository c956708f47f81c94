// What the broker holds for peers that are not there yet: a tab may be called before its own socket is open. Bounded in
// size, per sender, per address and in all, and in time. No socket and no timer in here.

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
/** Tabs of eight people at once; ids cost nothing, so that a share of each alone is none. */
const MAX_CHARS_PER_ADDRESS = 2_000_000;

interface Kept {
  message: BrokerMessage;
  /** Where its sender is, as limits count addresses. */
  place: string;
  chars: number;
  atMs: number;
}

export class BrokerMail {
  readonly #kept = new Map<string, Kept[]>();
  readonly #charsBySender = new Map<string, number>();
  readonly #charsByPlace = new Map<string, number>();
  #chars = 0;

  /** Characters held now. */
  get chars(): number {
    return this.#chars;
  }

  /** False when there is no room: the sender must hear that nobody is there. */
  keep(message: BrokerMessage, place: string, nowMs: number): boolean {
    const chars = JSON.stringify(message).length;
    const ofSender = (this.#charsBySender.get(message.src) ?? 0) + chars;
    const ofPlace = (this.#charsByPlace.get(place) ?? 0) + chars;
    if (ofSender > MAX_CHARS_PER_SENDER || ofPlace > MAX_CHARS_PER_ADDRESS || this.#chars + chars > MAX_CHARS)
      return false;
    this.#charsBySender.set(message.src, ofSender);
    this.#charsByPlace.set(place, ofPlace);
    this.#chars += chars;
    const kept = this.#kept.get(message.dst);
    const entry = { message, place, chars, atMs: nowMs };
    if (kept) kept.push(entry);
    else this.#kept.set(message.dst, [entry]);
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

  #forget({ message: { src }, place, chars }: Kept): void {
    this.#chars -= chars;
    subtract(this.#charsBySender, src, chars);
    subtract(this.#charsByPlace, place, chars);
  }
}

function subtract(sums: Map<string, number>, key: string, chars: number): void {
  const left = (sums.get(key) ?? 0) - chars;
  if (left > 0) sums.set(key, left);
  else sums.delete(key);
}
