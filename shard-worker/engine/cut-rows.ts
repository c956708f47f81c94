// Rows of one step in several runs, and their outputs as of one: for a device that computes many rows at once wrongly, or
// was never seen to compute so many. Pure.
import type { ExecutorInput, ExecutorOutput } from './layer-executor.ts';

/** What was seen to be right on a device, and is therefore what one run may be. */
export interface RunBounds {
  /** Rows of a session that one run computes. */
  rows: number;
  /** Whether sessions may share a run. */
  isShared: boolean;
}

/** The bounds of a device that is the reference itself. */
export const UNBOUNDED: RunBounds = { rows: Number.POSITIVE_INFINITY, isShared: true };

/** Pieces of at most `most` rows, in order; the last row of the whole is asked for in the last piece alone. */
export function cutRows(input: ExecutorInput, most: number): ExecutorInput[] {
  const { ids, hidden, tokens, rows } = input;
  if (tokens <= most) return [input];
  const rowBytes = hidden ? hidden.byteLength / tokens : 0;
  const pieces: ExecutorInput[] = [];
  for (let from = 0; from < tokens; from += most) {
    const to = Math.min(tokens, from + most);
    pieces.push({
      ...input,
      ...(ids ? { ids: ids.subarray(from, to) } : {}),
      ...(hidden ? { hidden: hidden.subarray(from * rowBytes, to * rowBytes) } : {}),
      tokens: to - from,
      rows: rows === 'last' && to < tokens ? 'none' : rows,
    });
  }
  return pieces;
}

/** Outputs of the pieces of one step, as of one run. */
export function joinOutputs(outputs: readonly ExecutorOutput[]): ExecutorOutput {
  const [first] = outputs;
  if (first && outputs.length === 1) return first;
  const sum = (of: (output: ExecutorOutput) => number) => outputs.reduce((total, output) => total + of(output), 0);
  const states = outputs.flatMap(({ hidden }) => (hidden ? [hidden] : []));
  const rows = outputs.flatMap((output) => output.rows ?? []);
  return {
    ...(states.length > 0 ? { hidden: joinBytes(states) } : { rows }),
    batch: 1,
    uploadMs: sum(({ uploadMs }) => uploadMs),
    computeMs: sum(({ computeMs }) => computeMs),
    readbackMs: sum(({ readbackMs }) => readbackMs),
  };
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
