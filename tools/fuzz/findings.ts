// What a fuzz run did and what it found: counts by kind of message and by answer, and the faults with what was sent before them.

/** Messages kept for each lane, for whoever reads a fault. */
const REMEMBERED = 12;
/** A fault that shows itself at every message is told a few times. */
const MAX_FAULTS = 40;
const MAX_CHARS = 600;

export interface Fault {
  lane: string;
  what: string;
  /** What the lane sent last, oldest first. */
  sent: string[];
}

export class Findings {
  /** Messages by kind: `control ask`, `POST /v1/files`, `frame hidden`. */
  readonly sent: Record<string, number> = {};
  /** Answers by kind: `200`, `error bad-message`, `closed 4429`. */
  readonly heard: Record<string, number> = {};
  readonly faults: Fault[] = [];
  readonly #last = new Map<string, string[]>();

  countSent(lane: string, kind: string, text: string): void {
    this.sent[kind] = (this.sent[kind] ?? 0) + 1;
    const last = this.#last.get(lane) ?? [];
    this.#last.set(lane, [...last, `${kind}: ${text.slice(0, MAX_CHARS)}`].slice(-REMEMBERED));
  }

  countHeard(kind: string): void {
    this.heard[kind] = (this.heard[kind] ?? 0) + 1;
  }

  fault(lane: string, what: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ lane, what, sent: [...(this.#last.get(lane) ?? [])] });
  }
}

/** What begins a line of a stack, or names a file of the server: no answer says either. */
export const INSIDES = /node_modules|node:internal|\n\s+at .+:\d+:\d+/;
