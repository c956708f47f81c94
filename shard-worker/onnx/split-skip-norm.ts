// Splits a fused add-and-norm in two at a cut: the add ends one slice, the norm begins the next, and one tensor
// crosses instead of two. Operators: onnxruntime/docs/ContribOperators.md, SkipLayerNormalization and its kin.
import type { Cut } from './find-cuts.ts';
import { makeFloat, makeInt, makeNode } from './make-node.ts';
import type { OnnxNode } from './onnx-graph.ts';
import { attributeBytes } from './read-node.ts';
import { normWeights, sumTerms } from './select-region.ts';

/** The fused operators' default; that of the plain ones is 1e-5, so it is always written out. */
const DEFAULT_EPSILON = 1e-12;

/** `input + skip (+ bias)` into the cut's tensor. */
export function makeSumHalf(node: OnnxNode, cut: Cut): Uint8Array[] {
  const [input = '', skip = '', bias] = sumTerms(node.inputs, node.opType);
  if (bias === undefined) return [makeNode({ opType: 'Add', inputs: [input, skip], outputs: [cut.tensor] })];
  const partial = `${cut.tensor}/without_bias`;
  return [
    makeNode({ opType: 'Add', inputs: [input, skip], outputs: [partial] }),
    makeNode({ opType: 'Add', inputs: [partial, bias], outputs: [cut.tensor] }),
  ];
}

/** The norm of the cut's tensor into the fused node's first output. */
export function makeNormHalf(node: OnnxNode, cut: Cut): Uint8Array {
  const isSimplified = node.opType === 'SkipSimplifiedLayerNormalization';
  const epsilon = attributeBytes(node, 'epsilon') ?? makeFloat('epsilon', DEFAULT_EPSILON);
  return makeNode({
    // Both are registered under ai.onnx, for every opset (LayerNormalization as a contributed one before 17).
    opType: isSimplified ? 'SimplifiedLayerNormalization' : 'LayerNormalization',
    inputs: [cut.tensor, ...normWeights(node.inputs, node.opType)],
    outputs: [node.outputs[0]!],
    attributes: [epsilon, makeInt('axis', -1), makeInt('stash_type', 1)],
  });
}
