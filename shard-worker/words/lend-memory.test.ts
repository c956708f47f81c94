import { afterEach, expect, test, vi } from 'vitest';
import { defaultMemoryBytes } from './lend-memory.ts';

const GIB = 1024 ** 3;

test.each([
  ['wasm', 2, 0.5],
  ['wasm', 4, 1],
  ['wasm', 8, 1.5],
  ['webgpu', 2, 1],
  ['webgpu', 4, 2],
  ['webgpu', 8, 4],
  ['webgpu', 64, 4],
] as const)('%s on a device of %f GiB lends %f GiB', (backend, deviceGib, lentGib) => {
  expect(defaultMemoryBytes(backend, deviceGib)).toBe(lentGib * GIB);
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  [8, 4],
  [1, 0.5],
])('a browser that says %i GiB is believed', (deviceMemory, lentGib) => {
  vi.stubGlobal('navigator', { deviceMemory });
  expect(defaultMemoryBytes('webgpu')).toBe(lentGib * GIB);
});

test('a browser that does not say is taken for a device of 4 GiB', () => {
  vi.stubGlobal('navigator', {});
  expect(defaultMemoryBytes('webgpu')).toBe(2 * GIB);
});
