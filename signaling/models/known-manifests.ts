// What this server has read of pools' models, so that it believes no tab: of pools that somebody made from their row, of the
// others from the files, once for many tabs.
import { PoolError } from '../../protocol/errors.ts';
import { modelOf, type PoolId, poolRefOf } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Asker } from '../admission/turn-line.ts';
import type { ModelReader } from './model-reader.ts';

export interface KnownManifestsOptions {
  reader: Pick<ModelReader, 'manifest'>;
  /** The manifest of a pool that is kept, if it was read when the pool was made. */
  keptOf(pool: PoolId): ModelManifest | undefined;
  /** For tests. */
  now?: () => number;
}

/** A repository may get new files; whoever has the newer ones makes the server look again, but not more often. */
const FRESH_MS = 60_000;
/** What cannot be read is not tried for every tab that asks. */
const FAILED_MS = 10_000;
const MAX_KNOWN = 512;

interface Known {
  reading: Promise<ModelManifest>;
  manifest?: ModelManifest;
  /** Read or failed at. */
  atMs?: number;
}

export class KnownManifests {
  readonly #options: KnownManifestsOptions;
  /** Least recently read first. */
  readonly #known = new Map<PoolId, Known>();

  constructor(options: KnownManifestsOptions) {
    this.#options = options;
  }

  /** What is known without asking anybody. */
  find(pool: PoolId): ModelManifest | undefined {
    return this.#options.keptOf(pool) ?? this.#known.get(pool)?.manifest;
  }

  /**
   * @param asker whose turn the reading has, if nobody else reads it already.
   * @param isWrong says that what was read is no more what there is: it is read again if that was a while ago.
   * @throws what reading fails with, the same to all who ask within some seconds.
   */
  async read(
    pool: PoolId,
    asker: Asker,
    isWrong: (manifest: ModelManifest) => boolean = () => false,
  ): Promise<ModelManifest> {
    const kept = this.#options.keptOf(pool);
    if (kept) return kept;
    const known = this.#known.get(pool);
    if (!known) return this.#readAnew(pool, asker);
    if (known.atMs === undefined) return known.reading;
    const ageMs = this.#now() - known.atMs;
    const isStale = known.manifest ? ageMs > FRESH_MS && isWrong(known.manifest) : ageMs > FAILED_MS;
    return isStale ? this.#readAnew(pool, asker) : known.reading;
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }

  #readAnew(pool: PoolId, asker: Asker): Promise<ModelManifest> {
    const reading = this.#options.reader.manifest(modelOf(poolRefOf(pool)), asker);
    const known: Known = { reading };
    this.#known.delete(pool);
    this.#known.set(pool, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    reading.then(
      (manifest) => {
        Object.assign(known, { manifest, atMs: this.#now() });
      },
      (thrown) => {
        known.atMs = this.#now();
        // It was too busy to try.
        const isBusy = PoolError.from(thrown).kind === 'busy';
        if (isBusy && this.#known.get(pool) === known) this.#known.delete(pool);
      },
    );
    return reading;
  }
}
