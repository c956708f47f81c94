// Answers by the `Idempotency-Key` that their asker gave them: while they run and for five minutes after their end, in memory
// alone. Bounded for each owner and in all. Of what had to go it is remembered that it was given, so that nobody pays twice
// without knowing. Knows no HTTP and no job.
import { createHash } from 'node:crypto';
import { PoolError } from '../../protocol/errors.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { AnswerLog } from './answer-log.ts';

const MIB = 1024 * 1024;

export interface KeptBounds {
  /** How long an answer is kept after its end. */
  keptMs: number;
  /** Events of one owner's answers together, and of everybody's. */
  bytesOfOwner: number;
  bytes: number;
  /** Answers of one owner that run at once. */
  runningOfOwner: number;
  /** Keys of one owner that are remembered, and of everybody. */
  keysOfOwner: number;
  keys: number;
}

export const KEPT_BOUNDS: KeptBounds = {
  // As long as a person looks for a network; programs try again within seconds.
  keptMs: 5 * 60_000,
  // The longest answer of one choice: 32,768 events of some 400 bytes.
  bytesOfOwner: 16 * MIB,
  bytes: 128 * MIB,
  // What one program asks at once; each waits for its turn in a pool's queue besides.
  runningOfOwner: 64,
  // As many as `--rate-per-minute` lets one ask in that time, by half.
  keysOfOwner: 2_048,
  keys: 16_384,
};

/** One request by its name. */
export interface Named {
  owner: OwnerId;
  /** As its owner calls it. */
  key: string;
  /** Hash of what was asked: another request under the same name is refused. */
  request: string;
}

export class KeptAnswer {
  readonly named: Named;
  readonly log = new AnswerLog();
  /** Aborts it when nobody can have it any more. */
  readonly cancel = new AbortController();
  /** What is known of it so far; all of it once it has begun. */
  readonly headers: Record<string, string> = {};
  /** Whether its events are those of a stream; else it has one, the whole answer. */
  readonly isStream: boolean;
  /** Resolves when `headers` can be told; rejects where it failed before. */
  begun: Promise<void> = Promise.resolve();
  isEnded = false;
  /** Ends its time. */
  timer: NodeJS.Timeout | undefined;

  constructor(named: Named, isStream: boolean) {
    this.named = named;
    this.isStream = isStream;
  }
}

/** One owner's. */
interface Shelf {
  /** In the order in which they were asked for. */
  answers: Map<string, KeptAnswer>;
  running: number;
  bytes: number;
  /** Those of answers that have ended. */
  endedBytes: number;
}

export class KeptAnswers {
  readonly #shelves = new Map<OwnerId, Shelf>();
  readonly #bounds: KeptBounds;
  #bytes = 0;
  #keys = 0;

  constructor(bounds: Partial<KeptBounds> = {}) {
    this.#bounds = { ...KEPT_BOUNDS, ...bounds };
  }

  get bytes(): number {
    return this.#bytes;
  }

  get keys(): number {
    return this.#keys;
  }

  /** What this owner was, or is being, answered under this name. Throws `key-reused` where it asked for something else. */
  find({ owner, key, request }: Named): KeptAnswer | undefined {
    const found = this.#shelves.get(owner)?.answers.get(hashKey(key));
    if (found && found.named.request !== request) {
      throw new PoolError('key-reused', 'Another request was sent with this Idempotency-Key.');
    }
    return found;
  }

  /** For a name that `find` does not know. Throws `rate-limited` where too many of this owner run. */
  begin(named: Named, isStream: boolean): KeptAnswer {
    const shelf = this.#shelfOf(named.owner);
    if (shelf.running >= this.#bounds.runningOfOwner) {
      const sentence = `${this.#bounds.runningOfOwner} answers with an Idempotency-Key run at a time.`;
      throw new PoolError('rate-limited', sentence);
    }
    const answer = new KeptAnswer(named, isStream);
    shelf.answers.set(hashKey(named.key), answer);
    shelf.running += 1;
    this.#keys += 1;
    if (shelf.answers.size > this.#bounds.keysOfOwner) this.#forgetOldest(shelf);
    if (this.#keys > this.#bounds.keys)
      this.#forgetOldest(this.#most(({ answers, running }) => answers.size - running));
    return answer;
  }

  /** One event more of it. */
  say(answer: KeptAnswer, event: string): void {
    const shelf = this.#shelfWith(answer);
    if (!shelf) {
      answer.log.append(event);
      return;
    }
    this.#count(shelf, answer, () => answer.log.append(event));
    while (shelf.bytes > this.#bounds.bytesOfOwner && this.#letGoOldest(shelf));
    while (this.#bytes > this.#bounds.bytes && this.#letGoOldest(this.#most(({ endedBytes }) => endedBytes)));
    if (shelf.bytes > this.#bounds.bytesOfOwner || this.#bytes > this.#bounds.bytes) this.#shed(shelf, answer);
  }

  end(answer: KeptAnswer): void {
    answer.log.end();
    const shelf = this.#shelfWith(answer);
    if (!shelf || answer.isEnded) return;
    answer.isEnded = true;
    shelf.running -= 1;
    shelf.endedBytes += answer.log.bytes;
    answer.timer = setTimeout(() => this.forget(answer), this.#bounds.keptMs).unref();
  }

  /** Whoever reads it reads on; the next one with its name asks anew. */
  forget(answer: KeptAnswer): void {
    const { owner, key } = answer.named;
    clearTimeout(answer.timer);
    const shelf = this.#shelfWith(answer);
    if (!shelf) return;
    shelf.answers.delete(hashKey(key));
    this.#keys -= 1;
    shelf.bytes -= answer.log.bytes;
    this.#bytes -= answer.log.bytes;
    if (answer.isEnded) shelf.endedBytes -= answer.log.bytes;
    else shelf.running -= 1;
    if (shelf.answers.size === 0) this.#shelves.delete(owner);
  }

  /** It alone is larger than what may be kept: from now on it is for those who read it, as one without a name is. */
  #shed(shelf: Shelf, answer: KeptAnswer): void {
    this.#count(shelf, answer, () => answer.log.shed());
    if (answer.log.readers === 0) answer.cancel.abort();
    else if (answer.log.bytes > this.#bounds.bytesOfOwner) {
      answer.cancel.abort(new PoolError('too-large', 'The answer is not being read.'));
    }
  }

  #letGoOldest(shelf: Shelf | undefined): boolean {
    for (const answer of shelf?.answers.values() ?? []) {
      if (!answer.isEnded || answer.log.bytes === 0) continue;
      const before = answer.log.bytes;
      this.#count(shelf!, answer, () => answer.log.shed());
      shelf!.endedBytes -= before - answer.log.bytes;
      // One that is being read keeps what its reader still wants.
      if (answer.log.bytes < before) return true;
    }
    return false;
  }

  #forgetOldest(shelf: Shelf | undefined): void {
    for (const answer of shelf?.answers.values() ?? []) {
      if (!answer.isEnded) continue;
      this.forget(answer);
      return;
    }
  }

  #count(shelf: Shelf, { log }: KeptAnswer, change: () => void): void {
    const before = log.bytes;
    change();
    shelf.bytes += log.bytes - before;
    this.#bytes += log.bytes - before;
  }

  /** Whoever has most goes first: no stranger's answers push out those of somebody who keeps few. */
  #most(weigh: (shelf: Shelf) => number): Shelf | undefined {
    let [most, weight]: [Shelf | undefined, number] = [undefined, 0];
    for (const shelf of this.#shelves.values()) {
      if (weigh(shelf) > weight) [most, weight] = [shelf, weigh(shelf)];
    }
    return most;
  }

  /** Undefined where it was forgotten. */
  #shelfWith(answer: KeptAnswer): Shelf | undefined {
    const { owner, key } = answer.named;
    const shelf = this.#shelves.get(owner);
    return shelf?.answers.get(hashKey(key)) === answer ? shelf : undefined;
  }

  #shelfOf(owner: OwnerId): Shelf {
    const known = this.#shelves.get(owner);
    if (known) return known;
    const shelf = { answers: new Map(), running: 0, bytes: 0, endedBytes: 0 };
    this.#shelves.set(owner, shelf);
    return shelf;
  }
}

/** Names are as long as their owner likes. */
const hashKey = (key: string): string => createHash('sha256').update(key).digest('base64url');
