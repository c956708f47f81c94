// Makes the nodes that rank logits. A GPU sorts what fits a workgroup in one dispatch and anything longer in a hundred and
// more, so a vocabulary is ranked in blocks, then the blocks' best, until one block is left. The result is that of one
// TopK, ties included: among equals the lower id comes first.
import { makeFloats, makeInt, makeInt64Tensor, makeNode } from './make-node.ts';
import type { OnnxTensor } from './onnx-graph.ts';

/** Longest row that TopK of the WebGPU backend sorts at once (`padded <= 2048` in webgpu/math/top_k.cc). */
export const SORTED_AT_ONCE = 2048;
/** From here on blocks shrink too little to be worth it. */
const MAX_BLOCKWISE_K = SORTED_AT_ONCE / 4;
/** Below every logit. Not infinity, which WGSL has no literal for. */
const LOWEST = -3.4028234663852886e38;

const PREFIX = 'sampler/rank';

/** Nodes in order, and the constants that they use. */
export interface Ranking {
  nodes: Uint8Array[];
  constants: OnnxTensor[];
}

/** What to rank, and how the results are named. */
export interface RankParts {
  /** float32 `[batch, rows, vocab]`. */
  logits: string;
  vocab: number;
  k: number;
  /** Names of the results, `[batch, rows, k]`, both float32: what stands beside a logit must be of its type. */
  values: string;
  ids: string;
}

/** Ranks the `k` greatest logits of each row, in descending order. */
export function rankLogits({ logits, vocab, k, values, ids }: RankParts): Ranking {
  const ranking: Ranking = { nodes: [], constants: [] };
  const add = (opType: string, inputs: string[], outputs: string[], ...attributes: Uint8Array[]) => {
    ranking.nodes.push(makeNode({ opType, inputs, outputs, attributes }));
    return outputs[0]!;
  };
  const ints = (name: string, list: number[]) => {
    ranking.constants.push(makeInt64Tensor(name, list));
    return name;
  };
  const floats = (name: string, count: number, step: number, dims: number[]) => {
    ranking.constants.push(
      makeFloats(
        name,
        Array.from({ length: count }, (_, at) => at * step),
        dims,
      ),
    );
    return name;
  };
  const lastAxis = makeInt('axis', -1);

  let row = { values: logits, width: vocab, ids: undefined as string | undefined };
  for (let stage = 0; row.width > SORTED_AT_ONCE && k <= MAX_BLOCKWISE_K; stage++) {
    const name = (part: string) => `${PREFIX}${stage}/${part}`;
    const { blocks, size } = blocksOf(row.width);
    const missing = blocks * size - row.width;
    const shape = ints(name('blocks'), [0, 0, blocks, size]);
    const flat = ints(name('flat'), [0, 0, blocks * k]);
    const filled = (input: string, part: string) => {
      if (missing === 0) return input;
      ranking.constants.push(makeFloats(name(`${part}_fill`), LOWEST));
      return add(
        'Pad',
        [input, ints(name(`${part}_pads`), [0, 0, 0, 0, 0, missing]), name(`${part}_fill`)],
        [name(`${part}_padded`)],
      );
    };
    const split = (input: string, part: string) =>
      add('Reshape', [filled(input, part), shape], [name(`${part}_split`)]);
    const best = split(row.values, 'values');
    add('TopK', [best, ints(name('k'), [k])], [name('values'), name('places')], lastAxis);
    // Ids travel as float32, exact below 2^24: the GPU adds no int64 and casts from none, but takes them as places.
    const found = row.ids
      ? add('GatherElements', [split(row.ids, 'ids'), name('places')], [name('ids')], lastAxis)
      : add(
          'Add',
          [
            add('Gather', [floats(name('steps'), size, 1, [size]), name('places')], [name('offsets')]),
            floats(name('starts'), blocks, size, [blocks, 1]),
          ],
          [name('ids')],
        );
    row = {
      values: add('Reshape', [name('values'), flat], [name('values_flat')]),
      ids: add('Reshape', [found, flat], [name('ids_flat')]),
      width: blocks * k,
    };
  }
  const places = `${PREFIX}/places`;
  add('TopK', [row.values, ints(`${PREFIX}/k`, [k])], [values, places], lastAxis);
  if (row.ids) add('GatherElements', [row.ids, places], [ids], lastAxis);
  else add('Gather', [floats(`${PREFIX}/numbers`, row.width, 1, [row.width]), places], [ids]);
  return ranking;
}

/** Equal blocks that can be sorted at once; of the same number or up to twice as many, such that no filling is needed. */
export function blocksOf(width: number): { blocks: number; size: number } {
  const fewest = Math.ceil(width / SORTED_AT_ONCE);
  for (let blocks = fewest; blocks <= 2 * fewest; blocks++)
    if (width % blocks === 0) return { blocks, size: width / blocks };
  return { blocks: fewest, size: Math.ceil(width / fewest) };
}
