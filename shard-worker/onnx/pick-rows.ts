// Lets an exit slice compute logits of the asked rows alone: `logit_rows` `[rows]` names places of the step, and all but
// these are dropped before the head. A prefill chunk of 64 needs one row of the head's 64, or none.
import type { Head } from './find-head.ts';
import { makeInt, makeNode, makeValueInfo } from './make-node.ts';
import { INT64 } from './onnx-graph.ts';
import type { Decoder } from './read-decoder.ts';

/** The input that names the rows, int64; also the name of that dimension. */
export const LOGIT_ROWS = 'logit_rows';
/** Name of the picked logits where the head could not be spared. */
export const PICKED_LOGITS = 'picked_logits';
const HEAD_DATA = 'sampler/head_data';

/** What the exit slice gains. */
export interface RowPick {
  /** The product that reads picked rows instead of all, and the Gather that goes before it. Absent without a head. */
  head?: { node: number; gather: Uint8Array; data: string };
  /** The Gather behind the logits, where there is no head. */
  last?: Uint8Array;
  input: Uint8Array;
  /** Name and description of the logits `[batch, rows, vocab]`. */
  logits: string;
  output: Uint8Array;
  /** Tensors whose described shape holds no longer. */
  reshaped: ReadonlySet<string>;
}

/** Makes the pick at a head or, without one, at the logits themselves: right as well, and as dear as before. */
export function pickRows({ logits, batchDims, vocabSize }: Decoder, head: Head | undefined): RowPick {
  const gather = (data: string, output: string) =>
    makeNode({ opType: 'Gather', inputs: [data, LOGIT_ROWS], outputs: [output], attributes: [makeInt('axis', 1)] });
  const name = head ? logits.name : PICKED_LOGITS;
  return {
    ...(head
      ? { head: { node: head.node, gather: gather(head.data, HEAD_DATA), data: HEAD_DATA } }
      : { last: gather(logits.name, PICKED_LOGITS) }),
    input: makeValueInfo(LOGIT_ROWS, INT64, [LOGIT_ROWS]),
    logits: name,
    output: makeValueInfo(name, logits.type, [batchDims[0], LOGIT_ROWS, vocabSize]),
    reshaped: new Set(head?.behind ?? []),
  };
}
