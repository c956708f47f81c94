// Which backend a worker has, and what its page says of the device, over what browsers answer.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DeviceNote } from '../words/peer-state.ts';
import { startBackend } from './start-backend.ts';

afterEach(() => void vi.unstubAllGlobals());

const NONE = { vendor: '', architecture: '', device: '', description: '' };
/** A browser whose GPU answers so; undefined is a browser without WebGPU. */
function stubGpu(requestAdapter: (() => Promise<unknown>) | undefined): void {
  vi.stubGlobal('navigator', requestAdapter ? { gpu: { requestAdapter } } : {});
}
const adapterOf = (info: Partial<typeof NONE>) => async () => ({ info: { ...NONE, ...info } });

test.each(['auto', 'webgpu'] as const)('with a graphics device a wish for %s is WebGPU', async (wish) => {
  stubGpu(adapterOf({ vendor: 'apple', architecture: 'metal-3' }));
  expect(await startBackend(wish)).toEqual({ backend: 'webgpu', device: 'apple · metal-3' });
});

test('a wish for WASM asks no graphics device', async () => {
  const requestAdapter = vi.fn(adapterOf({}));
  stubGpu(requestAdapter);
  expect(await startBackend('wasm')).toEqual({ backend: 'wasm', device: 'WASM, 1 thread' });
  expect(requestAdapter).not.toHaveBeenCalled();
});

describe.each<[string, (() => Promise<unknown>) | undefined, string, DeviceNote]>([
  ['a browser without WebGPU', undefined, 'This browser has no WebGPU', 'no-webgpu'],
  ['a browser that finds no device', async () => null, 'WebGPU found no graphics device', 'no-device'],
  // As browsers did whose builds have the object and not yet what is behind it.
  [
    'a browser that refuses to look',
    () => Promise.reject(new TypeError('Not supported.')),
    'WebGPU found no graphics device',
    'no-device',
  ],
])('%s', (_, requestAdapter, reason, noteCode) => {
  test('computes with WASM and says why, when nothing else was asked for', async () => {
    stubGpu(requestAdapter);
    const choice = await startBackend('auto');
    expect(choice).toMatchObject({ backend: 'wasm', device: 'WASM, 1 thread', noteCode });
    expect(choice.note).toMatch(new RegExp(`^${reason}: `));
  });

  test('refuses a wish for WebGPU by a code', async () => {
    stubGpu(requestAdapter);
    await expect(startBackend('webgpu')).rejects.toMatchObject({ code: 'backend-unavailable', message: `${reason}.` });
  });
});

test.each([
  [{ vendor: 'nvidia', architecture: 'ampere', device: '0x2484', description: 'RTX' }, 'nvidia · ampere · RTX'],
  [{ vendor: 'intel', device: '0x9a49' }, 'intel · 0x9a49'],
  [{ vendor: 'google', architecture: 'swiftshader', description: 'google' }, 'google · swiftshader'],
  // Browsers that hinder fingerprinting say nothing.
  [{}, 'WebGPU'],
])('a device that says %j is shown as %s', async (info, shown) => {
  stubGpu(adapterOf(info));
  expect((await startBackend('auto')).device).toBe(shown);
});

test('a device that says too much of itself is cut short', async () => {
  stubGpu(adapterOf({ vendor: 'acme', description: 'x'.repeat(1000) }));
  const { device } = await startBackend('auto');
  expect(device).toHaveLength(120);
  expect(device.startsWith('acme · x')).toBe(true);
});
