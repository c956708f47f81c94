// What an answer says, event by event, for all who read it: from its start, or from where one of them was. Keeps everything
// until it is told to let go of it. No HTTP, no clock.

/** What the runtime takes for a text beside its characters. */
const EVENT_BYTES = 64;

interface Reader {
  /** Events that it has had. */
  at: number;
  hasLeft: boolean;
  wake?: () => void;
}

export interface LogReader {
  readonly events: AsyncGenerator<string, void, undefined>;
  /** Ends its events at once, also while they wait. */
  leave(): void;
}

export class AnswerLog {
  readonly #events: string[] = [];
  readonly #readers = new Set<Reader>();
  #start = 0;
  #bytes = 0;
  #isEnded = false;

  /** All events that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many read it now. */
  get readers(): number {
    return this.#readers.size;
  }

  /** The first event that is kept: those before it were let go of. */
  get start(): number {
    return this.#start;
  }

  /** Events that were told, those that were let go of included. */
  get length(): number {
    return this.#start + this.#events.length;
  }

  append(event: string): void {
    if (this.#isEnded) return;
    this.#events.push(event);
    this.#bytes += sizeOf(event);
    this.#wakeAll();
  }

  /** Nothing more comes: readers end when they have had everything. */
  end(): void {
    this.#isEnded = true;
    this.#wakeAll();
  }

  /** Lets go of the events that all readers have had; with no reader of all of them. */
  shed(): void {
    let least = this.length;
    for (const { at } of this.#readers) least = Math.min(least, at);
    for (const event of this.#events.splice(0, least - this.#start)) this.#bytes -= sizeOf(event);
    this.#start = least;
  }

  /** `from`: the first event that it wants; not before `start`. */
  read(from: number): LogReader {
    const reader: Reader = { at: from, hasLeft: false };
    this.#readers.add(reader);
    const leave = (): void => {
      reader.hasLeft = true;
      this.#readers.delete(reader);
      reader.wake?.();
    };
    return { events: this.#follow(reader, leave), leave };
  }

  async *#follow(reader: Reader, leave: () => void): AsyncGenerator<string, void, undefined> {
    try {
      while (!reader.hasLeft) {
        const event = this.#events[reader.at - this.#start];
        if (event !== undefined) {
          reader.at += 1;
          yield event;
        } else if (this.#isEnded) return;
        else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
      }
    } finally {
      leave();
    }
  }

  #wakeAll(): void {
    for (const { wake } of this.#readers) wake?.();
  }
}

const sizeOf = (event: string): number => Buffer.byteLength(event) + EVENT_BYTES;
