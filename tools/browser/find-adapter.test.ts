import { expect, test } from 'vitest';
import { type AdapterInfo, describeAdapter, isSoftware } from './find-adapter.ts';

const adapter = (part: Partial<AdapterInfo>): AdapterInfo => ({
  vendor: '',
  architecture: '',
  description: '',
  fallback: false,
  ...part,
});

test.each([
  ['SwiftShader', adapter({ vendor: 'google', architecture: 'swiftshader' })],
  ['llvmpipe', adapter({ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' })],
  ['whatever the browser calls a fallback', adapter({ vendor: 'x', fallback: true })],
])('%s is software', (_name, info) => {
  expect(isSoftware(info)).toBe(true);
});

test('a GPU is not', () => {
  expect(isSoftware(adapter({ vendor: 'apple', architecture: 'metal-3' }))).toBe(false);
  expect(isSoftware(adapter({ vendor: 'nvidia', architecture: 'turing' }))).toBe(false);
});

test('an adapter has a name for people', () => {
  expect(describeAdapter(adapter({ vendor: 'apple', architecture: 'metal-3' }))).toBe('apple metal-3');
  expect(describeAdapter(adapter({}))).toBe('a GPU without a name');
});
