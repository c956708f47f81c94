// What a worker computes with once its device was tried.
import { expect, test, vi } from 'vitest';
import type { Backend } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { UNBOUNDED } from '../engine/cut-rows.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import type { ReadModel } from '../model/executor-shape.ts';
import type { RunTrial } from '../model/try-runs.ts';
import { OwnBackend } from './own-backend.ts';
import { WASM_CHOICE } from './start-backend.ts';

const GPU = { backend: 'webgpu', device: 'acme' } as const;
const MODEL = {} as ReadModel;

function make(trial: () => Promise<RunTrial>) {
  const start = vi.fn(async () => GPU);
  const load = vi.fn(async (backend: Backend) => ({ backend }) as OrtRuntime);
  return { own: new OwnBackend({ start, load, tryRuns: trial }), start, load };
}

const wrong = () => Promise.reject(new PoolError('backend-unavailable', 'This GPU failed a test.'));

test('a GPU that passes stays, and says nothing', async () => {
  const { own, load } = make(async () => ({ bounds: UNBOUNDED }));
  await own.start('auto');
  expect(await own.try(MODEL)).toEqual(GPU);
  expect((await own.runtime()).backend).toBe('webgpu');
  expect(load).not.toHaveBeenCalledWith('wasm');
});

test('F6: one that is right in small pieces stays, and its person is told', async () => {
  const { own } = make(async () => ({ bounds: { rows: 31, isShared: true }, note: 'In pieces of 31.' }));
  await own.start('webgpu');
  expect(await own.try(MODEL)).toEqual({ ...GPU, note: 'In pieces of 31.', noteCode: 'gpu-careful' });
});

test('F6: one that is wrong gives way to WASM where nobody asked for it, in words', async () => {
  const { own } = make(wrong);
  await own.start('auto');
  const note = 'This GPU failed a test. This tab computes on the CPU with WASM, which is slower and right.';
  expect(await own.try(MODEL)).toEqual({ ...WASM_CHOICE, note, noteCode: 'gpu-wrong' });
  // From now on, whoever asks.
  expect(await own.start('webgpu')).toEqual({ ...WASM_CHOICE, note, noteCode: 'gpu-wrong' });
  expect((await own.runtime()).backend).toBe('wasm');
});

test('F6: one that is wrong and was asked for is refused, with what to do', async () => {
  const { own } = make(wrong);
  await own.start('webgpu');
  const error = await own.try(MODEL).catch((cause: PoolError) => cause);
  expect(error).toMatchObject({ code: 'backend-unavailable', message: 'This GPU failed a test.' });
  expect((error as PoolError).next).toContain('WASM');
});

test('what fails for another reason is told as it is, and changes nothing', async () => {
  const { own } = make(() => Promise.reject(new PoolError('out-of-memory', 'No room.')));
  await own.start('auto');
  await expect(own.try(MODEL)).rejects.toMatchObject({ code: 'out-of-memory' });
  expect((await own.runtime()).backend).toBe('webgpu');
});

test('a backend that could not be had may be wished for otherwise', async () => {
  const { own, start } = make(async () => ({ bounds: UNBOUNDED }));
  start.mockRejectedValueOnce(new PoolError('backend-unavailable', 'None.'));
  await expect(own.start('webgpu')).rejects.toMatchObject({ code: 'backend-unavailable' });
  expect(await own.start('auto')).toEqual(GPU);
});
