import { describe, expect, it } from 'vitest';
import { findKvPorts, parseKvName } from './kv-ports.ts';
import type { OnnxGraph } from './onnx-graph.ts';

describe('parseKvName', () => {
  it.each([
    ['past_key_values.3.key', 'past', 3, 'key'],
    ['past_key_values.11.value', 'past', 11, 'value'],
    ['past_key_values.0.decoder.key', 'past', 0, 'key'],
    ['past.2.key', 'past', 2, 'key'],
    ['past_2_key', 'past', 2, 'key'],
    ['past_key_5', 'past', 5, 'key'],
    ['past_value_5', 'past', 5, 'value'],
    ['past_kv.1.v', 'past', 1, 'value'],
    ['past_key_value_1_key', 'past', 1, 'key'],
    ['present.7.value', 'present', 7, 'value'],
    ['present_key_values.7.key', 'present', 7, 'key'],
    ['present_key_7', 'present', 7, 'key'],
  ])('%s', (name, side, layer, kind) => {
    expect(parseKvName(name)).toEqual({ side, layer, kind });
  });

  it.each([
    'input_ids',
    'past_key_values.0.encoder.key',
    'past_key_values.key',
    'past_conv.0',
    'pasta.0.key',
    'present.0.1.key',
  ])('%s is no KV port', (name) => {
    expect(parseKvName(name)).toBeUndefined();
  });
});

describe('findKvPorts', () => {
  const graphOf = (inputs: string[], outputs: string[]) => {
    const ports = (names: string[]) =>
      names.map((name) => ({ name, type: 1, dims: undefined, bytes: new Uint8Array(0) }));
    return { inputs: ports(inputs), outputs: ports(outputs) } as unknown as OnnxGraph;
  };
  const past = ['past.1.key', 'past.0.key', 'past.1.value', 'past.0.value'];
  const present = ['present.0.key', 'present.1.key', 'present.0.value', 'present.1.value'];

  it('orders by layer, whatever the order of the ports', () => {
    const ports = findKvPorts(graphOf(past, present));
    expect(ports.map(({ layer, keyIn, valueOut }) => [layer, keyIn, valueOut])).toEqual([
      [0, 'past.0.key', 'present.0.value'],
      [1, 'past.1.key', 'present.1.value'],
    ]);
  });

  it.each([
    ['no cache', [], []],
    ['a layer without a present value', past, present.slice(0, 3)],
    ['layers that do not begin at 0', ['past.1.key', 'past.1.value'], ['present.1.key', 'present.1.value']],
  ])('refuses %s', (_, inputs, outputs) => {
    const refused = expect.objectContaining({ code: 'model-unsupported' });
    expect(() => findKvPorts(graphOf(inputs, outputs))).toThrowError(refused);
  });
});
