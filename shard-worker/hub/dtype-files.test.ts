import { describe, expect, it } from 'vitest';
import { DTYPES, externalDataPath, graphPath, isDtype } from './dtype-files.ts';

describe('graphPath', () => {
  it.each([
    ['fp32', 'onnx/model.onnx'],
    ['fp16', 'onnx/model_fp16.onnx'],
    ['q8', 'onnx/model_quantized.onnx'],
    ['int8', 'onnx/model_int8.onnx'],
    ['uint8', 'onnx/model_uint8.onnx'],
    ['q4', 'onnx/model_q4.onnx'],
    ['q4f16', 'onnx/model_q4f16.onnx'],
    ['bnb4', 'onnx/model_bnb4.onnx'],
  ])('%s is %s', (dtype, path) => {
    expect(graphPath(dtype)).toBe(path);
  });

  it('gives every dtype a file of its own', () => {
    expect(new Set(DTYPES.map(graphPath)).size).toBe(DTYPES.length);
  });

  it.each(['q5', '', 'toString', '__proto__', '../fp32'])('refuses %j', (dtype) => {
    expect(isDtype(dtype)).toBe(false);
    expect(() => graphPath(dtype)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
  });
});

describe('externalDataPath', () => {
  it('is relative to the folder of the graph', () => {
    expect(externalDataPath('onnx/model_q4.onnx', 'model_q4.onnx_data')).toBe('onnx/model_q4.onnx_data');
    expect(externalDataPath('onnx/model.onnx', 'weights/part_1.bin')).toBe('onnx/weights/part_1.bin');
    expect(externalDataPath('model.onnx', 'model.onnx_data')).toBe('model.onnx_data');
  });

  it.each(['../config.json', '/etc/passwd', 'a/../../b', 'https://evil.example/x', '..\\x', '', 'data:,x'])(
    'refuses the hostile name %j',
    (location) => {
      expect(() => externalDataPath('onnx/model.onnx', location)).toThrow(
        expect.objectContaining({ code: 'model-unsupported' }),
      );
    },
  );
});
