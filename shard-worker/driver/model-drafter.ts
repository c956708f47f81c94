// Guesses with a small model of the same tokenizer that runs whole in this tab. It samples with the noise that the
// coalition samples with, so that at any temperature both choose the same token wherever their models agree.
import type { Sampling } from '../../protocol/sampling.ts';
import type { KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import { sampleToken } from '../sampling/sample-token.ts';
import { commonPrefix } from './common-prefix.ts';
import type { Drafter, DraftRequest } from './drafter.ts';

/** Tokens of a prompt that are computed at once: a bound on the memory of one run. */
const CHUNK_TOKENS = 256;

export class ModelDrafter implements Drafter {
  readonly kind = 'model';
  readonly #executor: LayerExecutor;
  readonly #cache: KvCache;
  /** Tokens whose keys and values the cache holds. */
  #held: number[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** The executor holds all layers and stays its owner's. */
  constructor(executor: LayerExecutor) {
    this.#executor = executor;
    this.#cache = executor.openCache();
  }

  propose(request: DraftRequest): Promise<number[]> {
    const proposal = this.#propose(request);
    this.#running = proposal.catch(() => {});
    return proposal;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A cache must not be taken from under the model.
    void this.#running.then(() => this.#cache.dispose());
  }

  async #propose({ history, most, sampling }: DraftRequest): Promise<number[]> {
    const room = this.#executor.maxContext - history.length;
    const drafted: number[] = [];
    if (history.length === 0 || room < 1) return drafted;
    // The last token is always computed: something must be sampled from.
    const kept = Math.min(commonPrefix(this.#held, history), history.length - 1);
    this.#cache.crop(kept);
    this.#held.length = kept;
    let pending = history.slice(kept);
    while (!this.#closed && drafted.length < Math.min(most, room)) {
      const id = await this.#sampleAfter(pending, sampling);
      drafted.push(id);
      pending = [id];
    }
    return drafted;
  }

  /** Appends `ids` to what is held and samples the token after them. */
  async #sampleAfter(ids: readonly number[], sampling: Sampling): Promise<number> {
    const { temperature } = sampling;
    for (let at = 0; ; at += CHUNK_TOKENS) {
      const chunk = ids.slice(at, at + CHUNK_TOKENS);
      const isLast = at + chunk.length >= ids.length;
      const output = await this.#executor.run(this.#cache, {
        ids: Int32Array.from(chunk),
        tokens: chunk.length,
        rows: isLast ? 'last' : 'none',
        inverseTemperature: temperature > 0 ? 1 / temperature : 1,
      });
      this.#held.push(...chunk);
      if (isLast) return sampleToken(output.rows![0]!, sampling, this.#held.length);
    }
  }
}
