// Appends to the exit slice what a sampler reads: the top logits with their ids, and the log of the sum of exponentials
// at the asked temperature, so that a few numbers and not a vocabulary leave the GPU. All of it runs on WebGPU in
// onnxruntime-web 1.30 (asyncify and JSPI builds; the older jsep build has no TopK): nothing falls back to the CPU.
import { makeInt, makeInt64Tensor, makeInts, makeNode, makeValueInfo } from './make-node.ts';
import { FLOAT32, INT64, type OnnxTensor } from './onnx-graph.ts';
import { rankLogits } from './rank-logits.ts';

/** Names that the exit slice adds; `logits` stays as it was. */
export const INVERSE_TEMPERATURE = 'inverse_temperature';
export const TOP_VALUES = 'top_values';
export const TOP_IDS = 'top_ids';
export const LOG_SUM_EXP = 'log_sum_exp';

/** What the exit slice gains. */
export interface Sampler {
  nodes: Uint8Array[];
  constants: OnnxTensor[];
  /** `inverse_temperature` `[batch, 1, 1]`, float32. */
  inputs: Uint8Array[];
  /** `top_values` and `top_ids` `[batch, tokens, k]`, `log_sum_exp` `[batch, tokens, 1]`. */
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
  const ranking = rankLogits({ logits: single, vocab, k: topK, values: TOP_VALUES, ids: TOP_IDS });
  nodes.push(...ranking.nodes);
  const scaled = add('Mul', [single, INVERSE_TEMPERATURE], `${PREFIX}scaled`);
  // Written out with the maximum taken off: a ReduceLogSumExp kernel that sums plain exponentials overflows at 88.
  const peak = reduce('ReduceMax', scaled, `${PREFIX}peak`, 18);
  const exponentials = add('Exp', [add('Sub', [scaled, peak], `${PREFIX}centred`)], `${PREFIX}exponentials`);
  const log = add('Log', [reduce('ReduceSum', exponentials, `${PREFIX}sum`, 13)], `${PREFIX}log`);
  add('Add', [log, peak], LOG_SUM_EXP);

  return {
    nodes,
    constants: [...ranking.constants, ...(opset >= 13 ? [makeInt64Tensor(axesName, [-1])] : [])],
    inputs: [makeValueInfo(INVERSE_TEMPERATURE, FLOAT32, [batch, 1, 1])],
    outputs: [
      makeValueInfo(TOP_VALUES, FLOAT32, [batch, tokens, topK]),
      makeValueInfo(TOP_IDS, INT64, [batch, tokens, topK]),
      makeValueInfo(LOG_SUM_EXP, FLOAT32, [batch, tokens, 1]),
    ],
  };
}
