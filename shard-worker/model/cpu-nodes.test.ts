import { expect, test } from 'vitest';
import type { OnnxGraph, OnnxNode } from '../onnx/onnx-graph.ts';
import { cpuNodeNames } from './cpu-nodes.ts';

const node = (name: string, opType: string, inputs: string[], outputs: string[]): OnnxNode => ({
  name,
  opType,
  domain: '',
  inputs,
  outputs,
  captures: [],
  nested: [],
  bytes: new Uint8Array(0),
});

const graphOf = (nodes: OnnxNode[]) => ({ nodes }) as unknown as OnnxGraph;

test('rotary cosines and sines and what they come from stay on the CPU, the rest does not', () => {
  const graph = graphOf([
    node('cast', 'Cast', ['position_ids'], ['p']),
    node('angles', 'MatMul', ['inv_freq', 'p'], ['a']),
    node('cos', 'Cos', ['a'], ['c']),
    node('sin', 'Sin', ['a'], ['s']),
    node('rotate', 'Mul', ['q', 'c'], ['r']),
    node('', 'Sin', ['x'], ['y']),
  ]);
  expect(cpuNodeNames(graph).sort()).toEqual(['angles', 'cast', 'cos', 'sin']);
});

test('a graph with rotary tables has none', () => {
  expect(cpuNodeNames(graphOf([node('attend', 'GroupQueryAttention', ['q', 'cos_cache'], ['o'])]))).toEqual([]);
});
