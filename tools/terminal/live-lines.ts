// A block of lines that is drawn over itself while something goes on. Without a terminal it writes only lines that
// are new, so that a log file stays short.

/** What it writes to: process.stdout and process.stderr fit. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export class LiveLines {
  readonly #screen: Screen;
  #drawn = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Replaces the block. Does nothing without a terminal. */
  draw(lines: readonly string[]): void {
    if (!this.#screen.isTTY) return;
    // A line that wraps would make the next `up` stop too low, so it is cut.
    const width = Math.max(20, (this.#screen.columns || 80) - 1);
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    this.#screen.write(`${up}${lines.map((line) => `\r\u001b[2K${line.slice(0, width)}\n`).join('')}\u001b[J`);
    this.#drawn = lines.length;
  }

  /** Removes the block, so that what is said next takes its place. */
  clear(): void {
    this.draw([]);
  }

  /** A line that stays, above the block. */
  say(line: string): void {
    this.clear();
    this.#screen.write(`${line}\n`);
  }
}
