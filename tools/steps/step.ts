// The words of `npm test`: a step, what came of it, and its tests.

/** Tests of a step as its reporter counted them; a step without tests (types, lint) has none. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
  /** Each with its name and the first lines of why. */
  failures?: readonly string[];
}

export interface StepResult {
  name: string;
  ok: boolean;
  ms: number;
  /** Everything that it printed. */
  output: string;
  tests?: TestCounts;
}

/** Runs to its end whatever the other steps did. */
export interface Step {
  name: string;
  run(): Promise<StepResult>;
}
