import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { findKvPorts } from './kv-ports.ts';
import { makeTinyDecoder } from './make-tiny-decoder.ts';
import type { OnnxNode } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { metadataInputs, traceValues, valueInputs } from './trace-values.ts';

const node = (parts: Partial<OnnxNode>): OnnxNode => ({
  ...{
    name: '',
    opType: 'Add',
    domain: '',
    inputs: [],
    outputs: [],
    captures: [],
    nested: [],
    bytes: new Uint8Array(0),
  },
  ...parts,
});

describe('values and metadata', () => {
  it.each([
    ['Shape', ['x'], []],
    ['Size', ['x'], []],
    ['CastLike', ['x', 'like'], ['x']],
    ['Add', ['x', '', 'y'], ['x', 'y']],
  ])('%s of %j uses the values of %j', (opType, inputs, values) => {
    expect(valueInputs(node({ opType, inputs }))).toEqual(values);
  });

  it('captures count, and a Shape of another domain is no Shape', () => {
    expect(valueInputs(node({ opType: 'If', inputs: ['c'], captures: ['outer'] }))).toEqual(['c', 'outer']);
    expect(metadataInputs(node({ opType: 'Shape', domain: 'custom', inputs: ['x'] }))).toEqual([]);
  });
});

describe('traceValues', () => {
  it('tells the stream from the mask, and layers apart', async () => {
    const graph = await readGraph(memorySource(makeTinyDecoder()));
    const trace = traceValues(graph, findKvPorts(graph));
    const of = (name: string) => {
      const index = trace.producer.get(name)!;
      return [trace.main[index], trace.level[index]];
    };
    expect(of('mask')).toEqual([false, -1]);
    expect(of('head')).toEqual([false, -1]);
    expect(of('embedding')).toEqual([true, -1]);
    expect(of('layers.0.normed')).toEqual([true, -1]);
    expect(of('present.0.key')).toEqual([true, 0]);
    expect(of('layers.1.key')).toEqual([true, 0]);
    expect(of('layers.2.attended')).toEqual([true, 2]);
    expect(of('logits')).toEqual([true, 2]);
  });

  it('keeps the order of the file, and sorts one that is not', async () => {
    const graph = await readGraph(memorySource(makeTinyDecoder()));
    const kv = findKvPorts(graph);
    expect(traceValues(graph, kv).order).toEqual([...graph.nodes.keys()]);
    const reversed = { ...graph, nodes: [...graph.nodes].reverse() };
    const { order, producer } = traceValues(reversed, kv);
    expect([...order].sort((a, b) => a - b)).toEqual([...graph.nodes.keys()]);
    const place = new Map(order.map((index, at) => [index, at]));
    for (const index of order) {
      for (const name of reversed.nodes[index]!.inputs) {
        const maker = producer.get(name);
        if (maker !== undefined) expect(place.get(maker)).toBeLessThan(place.get(index)!);
      }
    }
  });
});
