// What a repository's files are opened with.
import type { ByteMeter } from '../hub/byte-meter.ts';
import type { HubFile } from '../hub/hub-file.ts';
import type { ModelSource } from '../words/model-source.ts';

export interface ModelFiles {
  readonly source: ModelSource;
  /** Everything that came over the network or out of the cache for this model so far. */
  readonly meter: ByteMeter;
  json(path: string): Promise<unknown>;
  /** A text file that a repository may lack; undefined then. */
  optionalText(path: string): Promise<string | undefined>;
  /** Whether the site knows the file's hash. */
  isListed(path: string): boolean;
  /** The first request brings `firstWindowBytes` along. */
  open(path: string, firstWindowBytes?: number): Promise<HubFile>;
}
