// What every lane of a fuzz run is given.
import type { SeededRandom } from '../../protocol/test-random.ts';
import type { Findings } from './findings.ts';
import type { KnownValues } from './known-values.ts';

export interface LaneOptions {
  /** Tells lanes apart, in findings. */
  name: string;
  url: string;
  random: SeededRandom;
  findings: Findings;
  known: KnownValues;
  /** An address of this machine, another one at each call. */
  address(): string;
  /** Resolves at once, or when the run goes on after a pause; to false when it is over. */
  mayGoOn(): Promise<boolean>;
}

/** Bytes of the longest body that the API takes. */
export const TEXT_LIMIT = 1024 * 1024;
