import { expect, test } from 'vitest';
import { capabilitySchema } from './control.ts';
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

test.each([
  ['less than none', -8],
  ['no number', Number.NaN],
])('a browser that says %s is taken for one that says nothing', (_, deviceMemory) => {
  for (const backend of ['wasm', 'webgpu'] as const) {
    expect(defaultMemoryBytes(backend, { deviceMemory })).toBe(defaultMemoryBytes(backend, {}));
  }
});

test.each(['wasm', 'webgpu'] as const)(
  'on %s a larger device never lends less, and none lends all that it has',
  (backend) => {
    let last = 0;
    for (const deviceMemory of [0.25, 0.5, 1, 2, 4, 8, 16, 1e9]) {
      const lent = defaultMemoryBytes(backend, { deviceMemory });
      expect(lent).toBeGreaterThanOrEqual(last);
      expect(lent).toBeLessThanOrEqual((deviceMemory * GIB) / 2);
      last = lent;
    }
  },
);

test('WASM lends so little that its weights fit twice into what it can address', () => {
  expect(2 * defaultMemoryBytes('wasm', { deviceMemory: Number.POSITIVE_INFINITY })).toBeLessThan(4 * GIB);
});

test.each([0.25, 0.3, 1 / 3, 3.7, 8, 1e-7, 1e300])(
  'what a device of %f GiB lends is an offer that a server takes',
  (deviceMemory) => {
    for (const backend of ['wasm', 'webgpu'] as const) {
      const memoryBytes = defaultMemoryBytes(backend, { deviceMemory });
      const offer = { backend, msPerLayer: 1, memoryBytes, device: 'a device' };
      expect(capabilitySchema.safeParse(offer).success).toBe(true);
    }
  },
);
