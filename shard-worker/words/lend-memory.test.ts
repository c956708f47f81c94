import { expect, test } from 'vitest';
import { defaultMemoryBytes } from './lend-memory.ts';

const GIB = 1024 ** 3;

test.each([
  ['wasm', 2, 0.5],
  ['wasm', 4, 1],
  ['wasm', 8, 1.5],
  ['webgpu', 1, 0.5],
  ['webgpu', 2, 1],
  ['webgpu', 4, 2],
  ['webgpu', 8, 4],
  ['webgpu', 64, 4],
] as const)('%s on a device of %f GiB lends %f GiB', (backend, deviceMemory, lentGib) => {
  expect(defaultMemoryBytes(backend, { deviceMemory })).toBe(lentGib * GIB);
});

test.each([{}, { deviceMemory: 0 }])('a browser that says %j is taken for a device of 4 GiB', (device) => {
  expect(defaultMemoryBytes('webgpu', device)).toBe(2 * GIB);
});
