import { expect, test } from 'vitest';
import { formatBackend, formatLayers, formatModel, formatRepoName, formatRunsOn } from './format-model.ts';

test('a repository is shown without its owner', () => {
  expect(formatRepoName('onnx-community/Qwen3-0.6B-ONNX')).toBe('Qwen3-0.6B-ONNX');
});

test('the revision is shown only where it is unusual', () => {
  expect(formatModel({ repo: 'a/b', revision: 'main', dtype: 'q4' })).toBe('b · q4');
  expect(formatModel({ repo: 'a/b', revision: 'v2', dtype: 'fp16' })).toBe('b @ v2 · fp16');
});

test('backends and layer ranges', () => {
  expect([formatBackend('webgpu'), formatBackend('wasm')]).toEqual(['WebGPU', 'WASM']);
  expect(formatLayers(0, 8)).toBe('[0, 8)');
});

test('a device that names its backend is not told twice', () => {
  expect(formatRunsOn('webgpu', 'apple · metal-3')).toBe('WebGPU · apple · metal-3');
  expect(formatRunsOn('wasm', 'WASM, 1 thread')).toBe('WASM, 1 thread');
});
