// What a pool's canary must answer: what the site's own list says of its models, and what a coalition of the pool answered before,
// as far as another runtime could not have chosen otherwise. Keeps numbers only.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelRef, type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';

/** A prompt and the greedy ids after it. */
export interface Canary {
  readonly prompt: readonly number[];
  readonly ids: readonly number[];
}

/** By pool: what its coalitions answered, and who took part in an answer that was right. */
export class KnownAnswers {
  readonly #ofSite: ReadonlyMap<PoolId, Canary>;
  readonly #learnt = new Map<PoolId, { ids: readonly number[]; peers: Set<PeerId> }>();

  /** `ofSite`: by pool, of revision `main`. */
  constructor(ofSite: ReadonlyMap<PoolId, Canary>) {
    this.#ofSite = ofSite;
  }

  /** That of a model of the site's own. */
  ofSite(pool: PoolId): Canary | undefined {
    return this.#ofSite.get(pool);
  }

  expected(pool: PoolId): readonly number[] {
    return this.#ofSite.get(pool)?.ids ?? this.#learnt.get(pool)?.ids ?? [];
  }

  shown(pool: PoolId): ReadonlySet<PeerId> {
    return this.#learnt.get(pool)?.peers ?? new Set();
  }

  /** A right answer of these. `sure`: its first ids, up to one that a little noise would have changed. */
  learn(pool: PoolId, sure: readonly number[], peers: readonly PeerId[]): void {
    const known = this.#learnt.get(pool) ?? { ids: [], peers: new Set() };
    const ids = known.ids.length >= sure.length ? known.ids : sure;
    this.#learnt.set(pool, { ids, peers: new Set([...known.peers, ...peers]) });
  }

  /** Nobody is there any more: whoever comes next is compared with nobody. */
  forget(pool: PoolId): void {
    this.#learnt.delete(pool);
  }

  /** It has left: it shows itself anew. */
  left(peer: PeerId): void {
    for (const { peers } of this.#learnt.values()) peers.delete(peer);
  }
}

interface Listed {
  repo: string;
  dtypes: ModelRef['dtype'][];
  canary?: Canary;
}

/** Those of the models that the site serves from this folder, whose list is ours. Nothing where there is none. */
export async function readSiteCanaries(modelsDir: string | undefined): Promise<Map<PoolId, Canary>> {
  const canaries = new Map<PoolId, Canary>();
  const text = modelsDir && (await readFile(join(modelsDir, 'index.json'), 'utf8').catch(() => undefined));
  if (!text) return canaries;
  const { models } = JSON.parse(text) as { models: Listed[] };
  for (const { repo, dtypes, canary } of models) {
    for (const dtype of canary ? dtypes : []) canaries.set(poolIdOf({ repo, revision: 'main', dtype }), canary!);
  }
  return canaries;
}
