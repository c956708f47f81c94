// Names of tabs and coalitions that hold for one view and can be traced to nothing: a keyed hash whose key is made anew with
// each view and never leaves this process.
import { createHmac, randomBytes } from 'node:crypto';

/** Long enough to watch a tab come, load and answer; after it nobody can say which one it was. */
const VIEW_MS = 10 * 60_000;
/** 48 bits: two of five thousand tabs have the same name once in twenty million views. */
const NAME_CHARS = 12;
/** Names of one view that are remembered; any other is computed again and comes out the same. */
const MOST_KEPT = 20_000;

export class ViewNames {
  readonly #kept = new Map<string, string>();
  #key = randomBytes(32);
  #endsMs: number | undefined;
  #view = '';

  /** The view of this moment, and when it ends; names asked for after this call are its. */
  at(nowMs: number): { view: string; endsMs: number } {
    if (this.#endsMs === undefined || nowMs >= this.#endsMs) {
      this.#key = randomBytes(32);
      this.#view = randomBytes(6).toString('hex');
      this.#endsMs = nowMs + VIEW_MS;
      this.#kept.clear();
    }
    return { view: this.#view, endsMs: this.#endsMs };
  }

  of(id: string): string {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    const name = createHmac('sha256', this.#key).update(id).digest('hex').slice(0, NAME_CHARS);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(id, name);
    return name;
  }
}
