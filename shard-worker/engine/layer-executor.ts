// What a stage needs of a model runtime: run some layers over some rows with a KV cache. One interface, two
// implementations (ORT and, for tests of the ring, arithmetic), one compliance suite.

import type { CandidateRow } from '../sampling/sample-token.ts';
import type { Activation } from '../words/activation.ts';

/** One session's keys and values for the layers of an executor. */
export interface KvCache {
  /** Positions that are held. */
  readonly length: number;
  /** Forgets positions >= `length`; the next run writes over them. */
  crop(length: number): void;
  dispose(): void;
}

/** Rows of an input: token ids at the entry, hidden states elsewhere. */
export interface ExecutorInput {
  /** `[tokens]`, at the entry only. */
  ids?: Int32Array;
  /** `[tokens, hidden]` in the activation type's bytes, elsewhere. */
  hidden?: Uint8Array;
  tokens: number;
  /** At the exit: for which rows candidates are read back. */
  rows: 'none' | 'last' | 'all';
  /** At the exit: 1/temperature for the log-sum-exp; 1 when greedy. */
  inverseTemperature: number;
}

/**
 * Where the milliseconds of a run went. Of a run that several sessions shared each is told the whole run's. On WebGPU the
 * runtime only submits work whose outputs stay on the GPU: what the GPU computes then shows as waiting for the readback.
 */
export interface RunTimes {
  /** Building the inputs. Copying them to a GPU is the runtime's, and part of the compute. */
  uploadMs: number;
  /** Inside the runtime. */
  computeMs: number;
  /** Waiting for what comes back. */
  readbackMs: number;
}

/** Milliseconds of a run in all: what a stage's step costs. */
export const runMs = ({ uploadMs, computeMs, readbackMs }: RunTimes): number => uploadMs + computeMs + readbackMs;

export interface ExecutorOutput extends RunTimes {
  /** `[tokens, hidden]`, everywhere but at the exit. */
  hidden?: Uint8Array;
  /** One per row asked for, at the exit. */
  rows?: CandidateRow[];
  /** Sessions that shared the run. */
  batch: number;
}

/** A session's part of a run. */
export interface BatchItem {
  cache: KvCache;
  input: ExecutorInput;
}

export interface LayerExecutor {
  readonly start: number;
  readonly end: number;
  readonly entry: boolean;
  readonly exit: boolean;
  readonly hiddenSize: number;
  readonly activation: Activation;
  readonly maxContext: number;
  /** Sessions that one run can serve, each with one token; 1 where they can only be served one after another. */
  readonly maxBatch: number;
  /** What the caches of all sessions may take. */
  readonly kvLimitBytes: number;
  /** What the cache of a session takes that reaches so many positions. */
  kvBytesOf(positions: number): number;
  openCache(): KvCache;
  /** Appends rows to the cache. Throws `stage-failed`, `out-of-memory` or `device-lost`; then the cache is unchanged. */
  run(cache: KvCache, input: ExecutorInput): Promise<ExecutorOutput>;
  /**
   * One token of each of up to `maxBatch` sessions, in one run where memory allows it, or any number of tokens of one;
   * outputs in the same order, each as alone. Throws as `run` does, and then for all: no cache is changed.
   */
  runBatch(items: readonly BatchItem[]): Promise<ExecutorOutput[]>;
  dispose(): Promise<void>;
}
