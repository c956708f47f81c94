// The door to the runtime: what comes out of it as which error, and one call at a time through it.
import { describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { loadOrtRuntime, ortError, runFault } from './ort-runtime.ts';

describe('what the runtime throws', () => {
  test.each([
    ['std::bad_alloc', 'out-of-memory'],
    ['RangeError: WebAssembly.Memory(): could not allocate: Out of memory', 'out-of-memory'],
    ['RangeError: Array buffer allocation failed', 'out-of-memory'],
    ['memory access out of bounds', 'out-of-memory'],
    ['failed to allocate memory for buffer', 'out-of-memory'],
    ['GPU OOM', 'out-of-memory'],
    ['The device is lost.', 'device-lost'],
    ['GPUDevice was lost: destroyed', 'device-lost'],
    ['Device lost while out of memory', 'device-lost'],
    ['A valid external Instance reference no longer exists.', 'device-lost'],
    ['Non-zero status code returned while running Gather node', 'stage-failed'],
    ['', 'stage-failed'],
    // Names of nodes come from the model's file, and this one only reads like a lack of memory.
    ["Non-zero status code returned while running MatMul node. Name:'/bloom/h.0/MatMul'", 'stage-failed'],
    ['There is no room left in the shape [0, 2]', 'stage-failed'],
  ])('%s: %s', (message, code) => {
    for (const cause of [new Error(message), message]) {
      expect(ortError(cause, 'computing layers 1 to 2')).toMatchObject({
        code,
        message: expect.stringContaining('while computing layers 1 to 2'),
        data: { detail: message },
        cause,
      });
    }
  });

  test.each([undefined, null, 17, { status: 3 }])('%j, which is no error, is one afterwards', (cause) => {
    expect(ortError(cause, 'starting')).toMatchObject({ code: 'stage-failed' });
  });

  test('a typed error stays what it is', () => {
    const cause = new PoolError('model-unsupported', 'An input that is out of memory.');
    expect(ortError(cause, 'computing')).toBe(cause);
  });

  test('what the runtime says at length is told in short', () => {
    const error = ortError(new Error('x'.repeat(5000)), 'computing');
    expect((error.data as { detail: string }).detail).toHaveLength(300);
    expect(error.message.length).toBeLessThan(400);
  });
});

test('a runtime whose download failed is loaded by the next who asks', async () => {
  vi.resetModules();
  vi.doMock('onnxruntime-web/wasm', () => Promise.reject(new Error('offline')));
  const { loadOrtRuntime: load } = await import('./ort-runtime.ts');
  await expect(load('wasm')).rejects.toThrow();
  vi.doUnmock('onnxruntime-web/wasm');
  const runtime = await load('wasm');
  expect(runtime.backend).toBe('wasm');
  expect(await load('wasm')).toBe(runtime);
});

describe('one call at a time', () => {
  test('each begins when the one before has ended, in the order in which they came, and one that fails holds up nobody', async () => {
    const runtime = await loadOrtRuntime('wasm');
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const call = (name: string, error?: Error) =>
      runtime.exclusive(async () => {
        log.push(`${name} begins`);
        await new Promise<void>((resolve) => ends.push(resolve));
        log.push(`${name} ends`);
        if (error) throw error;
        return name;
      });
    const calls = [call('a'), call('b', new Error('b broke')), call('c')];
    const settled = Promise.allSettled(calls);
    for (const count of [1, 2, 3]) {
      await expect.poll(() => ends.length).toBe(count);
      expect(log).toHaveLength(2 * count - 1);
      ends[count - 1]!();
    }
    expect(await settled).toMatchObject([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: { message: 'b broke' } },
      { status: 'fulfilled', value: 'c' },
    ]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('work that throws before it waits for anything rejects its own call alone', async () => {
    const runtime = await loadOrtRuntime('wasm');
    const thrown = runtime.exclusive(() => {
      throw new RangeError('at once');
    });
    const next = runtime.exclusive(async () => 'next');
    await expect(thrown).rejects.toThrow('at once');
    expect(await next).toBe('next');
  });

  test('a worker has one runtime for its life, and WASM runs it in one thread', async () => {
    const [first, second] = await Promise.all([loadOrtRuntime('wasm'), loadOrtRuntime('wasm')]);
    expect(second).toBe(first);
    expect(first.backend).toBe('wasm');
    expect(first.ort.env.wasm.numThreads).toBe(1);
  });
});

describe('what a run fails with', () => {
  const cause = new Error('map_async_result.status == wgpu::MapAsyncStatus::Success was false. Failed');
  const on = (lost: Promise<unknown>, backend: 'webgpu' | 'wasm' = 'webgpu') =>
    runFault({ backend, device: async () => ({ lost }) as GPUDevice }, cause, 'computing layers 1 to 2');

  test('is a lost device where the device itself says so, whatever the runtime calls it', async () => {
    expect(await on(Promise.resolve({ reason: 'destroyed' }))).toMatchObject({
      code: 'device-lost',
      message: 'The GPU went away while computing layers 1 to 2.',
      data: { detail: expect.stringContaining('MapAsyncStatus') },
    });
  });

  test('stays what it was where the device is there, cannot be asked, or is none', async () => {
    expect(await on(new Promise(() => {}))).toMatchObject({ code: 'stage-failed' });
    expect(await on(Promise.reject(new Error('none')))).toMatchObject({ code: 'stage-failed' });
    expect(await on(Promise.resolve(), 'wasm')).toMatchObject({ code: 'stage-failed' });
  });
});
