// Finds the model that drafts for another one, among those that the site offers. Fetches the list and no weights.
import { expectedFile, loadModelIndex, type ModelIndex } from '../hub/model-index.ts';
import type { ModelSource } from '../words/model-source.ts';

const DRAFT_DTYPE = 'q4';

/** Undefined for a model that has no drafter; rejects with what the download of the list failed with. */
export async function findDraft({ model, hubUrl, indexUrl }: ModelSource): Promise<ModelSource | undefined> {
  if (!indexUrl) return undefined;
  const index = await loadModelIndex(indexUrl.replace(/\/index\.json$/, ''));
  const repo = draftRepoOf(index, model.repo);
  return repo ? { model: { ...model, repo, dtype: DRAFT_DTYPE } as ModelSource['model'], hubUrl, indexUrl } : undefined;
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
