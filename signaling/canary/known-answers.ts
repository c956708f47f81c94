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
  readonly #learnt = new Map<PoolId, Canary & { peers: Set<PeerId> }>();
  readonly #shown = new Map<PoolId, Set<PeerId>>();

  /** `ofSite`: by pool, of revision `main`. */
  constructor(ofSite: ReadonlyMap<PoolId, Canary>) {
    this.#ofSite = ofSite;
  }

  /** What is asked and expected of a pool; undefined where nobody has answered yet. */
  of(pool: PoolId): Canary | undefined {
    return this.#ofSite.get(pool) ?? this.#learnt.get(pool);
  }

  /**
   * What these must answer: of the site's own models that is certain. What others answered is not, and counts for nothing against
   * tabs that have all shown themselves before.
   */
  expected(pool: PoolId, peers: readonly PeerId[]): readonly number[] {
    const ofSite = this.#ofSite.get(pool);
    if (ofSite) return ofSite.ids;
    const shown = this.shown(pool);
    return peers.every((peer) => shown.has(peer)) ? [] : (this.#learnt.get(pool)?.ids ?? []);
  }

  shown(pool: PoolId): ReadonlySet<PeerId> {
    return this.#shown.get(pool) ?? new Set();
  }

  /**
   * A right answer of these. Its ids count as far as they are sure, up to one that a little noise would have changed, and while
   * one of them is there.
   */
  learn(pool: PoolId, { prompt, ids }: Canary, peers: readonly PeerId[]): void {
    this.#shown.set(pool, new Set([...this.shown(pool), ...peers]));
    if (this.#ofSite.has(pool) || ids.length === 0) return;
    const known = this.#learnt.get(pool);
    const isSame = known?.ids.every((id, at) => id === (ids[at] ?? id)) ?? false;
    if (known && isSame) for (const peer of peers) known.peers.add(peer);
    else this.#learnt.set(pool, { prompt, ids, peers: new Set(peers) });
  }

  /** Nobody is there any more: whoever comes next is compared with nobody. */
  forget(pool: PoolId): void {
    this.#learnt.delete(pool);
    this.#shown.delete(pool);
  }

  /** It has left: it shows itself anew, and what it alone vouched for is forgotten. */
  left(peer: PeerId): void {
    for (const peers of this.#shown.values()) peers.delete(peer);
    for (const [pool, { peers }] of this.#learnt) {
      peers.delete(peer);
      if (peers.size === 0) this.#learnt.delete(pool);
    }
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
