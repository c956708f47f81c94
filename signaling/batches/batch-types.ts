// The words and bounds of batches.
import type { Endpoint } from '../openai/refuse-unsupported.ts';
import type { ByteLimits } from './byte-budget.ts';
import type { batches, batchItems, files } from './tables.ts';

export type FileRow = typeof files.$inferSelect;
export type BatchRow = typeof batches.$inferSelect;
export type ItemRow = typeof batchItems.$inferSelect;

export const BATCH_ENDPOINTS = ['/v1/chat/completions', '/v1/completions'] as const satisfies readonly Endpoint[];

export interface BatchLimits extends ByteLimits {
  /** Bytes of one uploaded file: a query's parameter and an answer hold it whole in memory. */
  fileBytes: number;
  /** Bytes of all uploaded files of an owner. */
  ownerBytes: number;
  /** Uploaded files of an owner. */
  ownerFiles: number;
  /** Requests of one batch. */
  items: number;
  /** Bytes of one line: what a direct request may have. */
  lineBytes: number;
  /** Nested arrays and objects of one line. */
  lineDepth: number;
  /** Bytes of one result, and of all results of a batch. */
  resultBytes: number;
  batchResultBytes: number;
  /** Batches of an owner that are not at their end. */
  openBatches: number;
}

export const BATCH_LIMITS: BatchLimits = {
  fileBytes: 16 * 1024 * 1024,
  ownerBytes: 128 * 1024 * 1024,
  ownerFiles: 200,
  items: 10_000,
  lineBytes: 1024 * 1024,
  lineDepth: 32,
  resultBytes: 4 * 1024 * 1024,
  batchResultBytes: 64 * 1024 * 1024,
  openBatches: 20,
  // A file costs some three times its size while it is read, taken apart and kept.
  memoryBytes: 80 * 1024 * 1024,
  ownerMemoryBytes: 40 * 1024 * 1024,
};

/** `completion_window`: what is not done by then is given up. */
export const WINDOW_MS = 24 * 60 * 60_000;

/** OpenAI's default for files of batches. */
export const FILE_LIFE_MS = 30 * 24 * 60 * 60_000;
