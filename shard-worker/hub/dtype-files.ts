// Where the files of a model are in the hub's ONNX layout: dtype to graph file, and a graph's external data to a path.
import { PoolError } from '../../protocol/errors.ts';
import { checkFilePath } from './hub-location.ts';

/**
 * Suffix of the graph file for each dtype, as transformers.js names them (its guide "Using quantized models (dtypes)").
 * `q8` is `_quantized`; `int8` and `uint8` are files of their own.
 */
const GRAPH_SUFFIX = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof GRAPH_SUFFIX;

export const DTYPES = Object.keys(GRAPH_SUFFIX) as Dtype[];

export function isDtype(value: string): value is Dtype {
  return Object.hasOwn(GRAPH_SUFFIX, value);
}

/**
 * Path of the graph for a dtype.
 *
 * @throws PoolError `model-unsupported` for a dtype that the layout does not have.
 * @example
 * graphPath('q4f16'); // 'onnx/model_q4f16.onnx'
 */
export function graphPath(dtype: string): string {
  if (!isDtype(dtype)) {
    throw new PoolError('model-unsupported', `${JSON.stringify(dtype.slice(0, 40))} is not a dtype of the hub layout.`);
  }
  return `onnx/model${GRAPH_SUFFIX[dtype]}.onnx`;
}

/**
 * Path of external data that a graph names, relative to the folder of the graph (ONNX, external data: `location`).
 * The name comes out of a downloaded file, so it is hostile until checked.
 *
 * @throws PoolError `model-unsupported` for names that leave the folder or are addresses.
 * @example
 * externalDataPath('onnx/model_q4.onnx', 'model_q4.onnx_data'); // 'onnx/model_q4.onnx_data'
 */
export function externalDataPath(graph: string, location: string): string {
  const folder = checkFilePath(graph).slice(0, -1);
  try {
    return [...folder, ...checkFilePath(location)].join('/');
  } catch (cause) {
    throw new PoolError('model-unsupported', `The graph ${graph} names external data outside its folder.`, { cause });
  }
}
