// The draft model that belongs to a model of the site, loaded whole into this tab behind whatever else goes on. Until it
// is there, or if it never comes, answers are drafted without it.

import { PoolError } from '../../protocol/errors.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { findDraft } from '../model/find-draft.ts';
import { loadStage } from '../model/load-stage.ts';
import { openModel } from '../model/open-model.ts';
import type { ModelSource } from '../words/model-source.ts';

/** Beside whatever else the tab holds: a draft model is small, and has one session. */
const DRAFT_MEMORY = { memoryBytes: 256 * 1024 ** 2 };

export class DraftModel {
  readonly #runtime: () => Promise<OrtRuntime>;
  readonly #source: ModelSource;
  #loading: Promise<void> | undefined;
  #executor: LayerExecutor | undefined;

  constructor(runtime: () => Promise<OrtRuntime>, source: ModelSource) {
    this.#runtime = runtime;
    this.#source = source;
  }

  /** All layers of the draft model, once they are loaded. */
  get executor(): LayerExecutor | undefined {
    return this.#executor;
  }

  /** Begins to load, once. Called when nothing else goes on: starting a runtime slows an answer down more than guesses help. */
  load(): void {
    this.#loading ??= this.#load().catch(() => {
      // Drafting is a help and never a condition: without the model the n-gram drafter goes on.
    });
  }

  async #load(): Promise<void> {
    const source = await findDraft(this.#source);
    if (!source) return;
    const draft = await openModel(source);
    if (!draft.decoder.layers) throw new PoolError('model-unsupported', 'The draft model has no layers.');
    this.#executor = await loadStage(
      await this.#runtime(),
      draft,
      { start: 0, end: draft.decoder.layers },
      { lent: DRAFT_MEMORY },
    );
  }
}
