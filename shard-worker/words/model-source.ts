// Where a model's files are, as page and worker say it to one another.
import type { ModelRef } from '../../protocol/ids.ts';

/** Where files of a model come from. */
export interface ModelSource {
  model: ModelRef;
  hubUrl: string;
  /** The index with the hashes of the site's own models; absent for models of the hub. */
  indexUrl?: string;
}
