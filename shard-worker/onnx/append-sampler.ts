// Appends to the exit slice what a sampler reads: the top logits with their ids, and the log of the sum of exponentials
// at the asked temperature, so that a few numbers and not a vocabulary leave the GPU. All of it runs on WebGPU in
// onnxruntime-web 1.30 (asyncify and JSPI builds; the older jsep build has no TopK): nothing falls back to the CPU.
import { makeInt, makeInt64Tensor, makeInts, makeNode, makeValueInfo } from './make-node.ts';
import { FLOAT32, type OnnxTensor } from './onnx-graph.ts';
import { rankLogits } from './rank-logits.ts';

/** Names that the exit slice adds; `logits` stays as it was. */
export const INVERSE_TEMPERATURE = 'inverse_temperature';
export const CANDIDATES = 'candidates';

/** What the exit slice gains. */
export interface Sampler {
  nodes: Uint8Array[];
  constants: OnnxTensor[];
  /** `inverse_temperature` `[batch, 1, 1]`, float32. */
  inputs: Uint8Array[];
  /**
   * `candidates` `[batch, tokens, 2k + 1]`: the k greatest logits, their ids, and the log of the sum of exponentials. One
   * output, because each costs a GPU a round trip of its own to read.
   */
  outputs: Uint8Array[];
}

/** Where and of what kind the logits are. */
export interface SamplerParts {
  logits: string;
  logitsType: number;
  vocab: number;
  opset: number;
  /** Already clamped to the vocabulary. */
  topK: number;
  batchDims: [number | string, number | string];
}

const PREFIX = 'sampler/';

/** Makes the sampler's nodes. The ranking sees raw logits; only the log-sum-exp is taken at `logits * inverse_temperature`. */
export function makeSampler({ logits, logitsType, vocab, opset, topK, batchDims }: SamplerParts): Sampler {
  const [batch, tokens] = batchDims;
  const nodes: Uint8Array[] = [];
  const add = (opType: string, inputs: string[], output: string, attributes: Uint8Array[] = []) => {
    nodes.push(makeNode({ opType, inputs, outputs: [output], attributes }));
    return output;
  };
  const axesName = `${PREFIX}axes`;
  // Axes became an input of ReduceSum in opset 13 and of ReduceMax in 18.
  const reduce = (opType: string, input: string, output: string, since: number) =>
    opset >= since ? add(opType, [input, axesName], output) : add(opType, [input], output, [makeInts('axes', [-1])]);

  const single = logitsType === FLOAT32 ? logits : add('Cast', [logits], `${PREFIX}logits`, [makeInt('to', FLOAT32)]);
  const ranking = rankLogits({
    logits: single,
    vocab,
    k: topK,
    values: `${PREFIX}values`,
    ids: `${PREFIX}ids`,
  });
  nodes.push(...ranking.nodes);
  const scaled = add('Mul', [single, INVERSE_TEMPERATURE], `${PREFIX}scaled`);
  // Written out with the maximum taken off: a ReduceLogSumExp kernel that sums plain exponentials overflows at 88.
  const peak = reduce('ReduceMax', scaled, `${PREFIX}peak`, 18);
  const exponentials = add('Exp', [add('Sub', [scaled, peak], `${PREFIX}centred`)], `${PREFIX}exponentials`);
  const log = add('Log', [reduce('ReduceSum', exponentials, `${PREFIX}sum`, 13)], `${PREFIX}log`);
  const sum = add('Add', [log, peak], `${PREFIX}log_sum_exp`);
  add('Concat', [`${PREFIX}values`, `${PREFIX}ids`, sum], CANDIDATES, [makeInt('axis', -1)]);

  return {
    nodes,
    constants: [...ranking.constants, ...(opset >= 13 ? [makeInt64Tensor(axesName, [-1])] : [])],
    inputs: [makeValueInfo(INVERSE_TEMPERATURE, FLOAT32, [batch, 1, 1])],
    outputs: [makeValueInfo(CANDIDATES, FLOAT32, [batch, tokens, 2 * topK + 1])],
  };
}

/** One row of `candidates`. */
export interface Candidates {
  values: Float32Array;
  ids: Int32Array;
  logSumExp: number;
}

/** Row `row` of the tensor's data. Ids are float32 there, exact below 2^24. */
export function readCandidates(data: Float32Array, row: number, width: number): Candidates {
  const k = (width - 1) / 2;
  const start = row * width;
  return {
    values: data.subarray(start, start + k),
    ids: Int32Array.from(data.subarray(start + k, start + 2 * k)),
    logSumExp: data[start + 2 * k]!,
  };
}
