// The draft model that belongs to a model of the site, loaded whole into this tab behind whatever else goes on. Until it
// is there, or if it never comes, answers are drafted without it.
import { PoolError } from '../../protocol/errors.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { expectedFile, loadModelIndex, type ModelIndex } from '../hub/model-index.ts';
import { loadStage } from '../model/load-stage.ts';
import { openModel } from '../model/open-model.ts';
import type { ModelSource } from './worker-api.ts';

const DRAFT_DTYPE = 'q4';
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
    const { indexUrl, hubUrl, model } = this.#source;
    if (!indexUrl) return;
    const index = await loadModelIndex(indexUrl.replace(/\/index\.json$/, ''));
    const repo = draftRepoOf(index, model.repo);
    if (!repo) return;
    const draft = await openModel({
      model: { ...model, repo, dtype: DRAFT_DTYPE } as ModelSource['model'],
      hubUrl,
      indexUrl,
    });
    if (!draft.decoder.layers) throw new PoolError('model-unsupported', 'The draft model has no layers.');
    this.#executor = await loadStage(
      await this.#runtime(),
      draft,
      { start: 0, end: draft.decoder.layers },
      { lent: DRAFT_MEMORY },
    );
  }
}

/** The repository that drafts for `repo`: listed as such, and its tokenizer is byte for byte the same. Pure. */
export function draftRepoOf(index: ModelIndex, repo: string): string | undefined {
  const own = expectedFile(index, repo, 'tokenizer.json');
  if (!own) return undefined;
  const draft = index.models.find(
    (model) =>
      model.draftFor === repo &&
      model.dtypes.includes(DRAFT_DTYPE) &&
      expectedFile(index, model.repo, 'tokenizer.json')?.sha256 === own.sha256,
  );
  return draft?.repo;
}
