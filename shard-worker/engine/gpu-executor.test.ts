// The executor on a GPU: who shares a run, what a run that fails leaves behind, what is let go. The session is scripted, caches
// and their rows are the real ones over buffers that only copy.
import { expect, test, vi } from 'vitest';
import { compareRecords, runScript } from './batch-compliance.ts';
import { describeExecutor } from './executor-compliance.ts';
import { MAX_BATCH } from './kv-pool.ts';
import type { BatchItem, ExecutorInput, KvCache } from './layer-executor.ts';
import { createOrtExecutor, type OrtExecutorOptions } from './ort-executor.ts';
import { scriptGpu } from './scripted-session.ts';

const make = async (change: Partial<OrtExecutorOptions> = {}) => {
  const scripted = scriptGpu(change);
  return { scripted, executor: await createOrtExecutor(scripted.options) };
};
/** Bytes of the least room of a session: two buffers of 256 positions of one number. */
const LEAST_BYTES = 2 * 256 * 4;

const input = (ids: readonly number[], rows: ExecutorInput['rows'] = 'last'): ExecutorInput => ({
  ...{ ids: Int32Array.from(ids), tokens: ids.length, rows, inverseTemperature: 1 },
});
const item = (cache: KvCache, id: number, rows?: ExecutorInput['rows']): BatchItem => ({
  cache,
  input: input([id], rows),
});

describeExecutor('a GPU whose caches are written in place', async () => [(await make()).executor]);

test.each([
  ['all memory', Number.POSITIVE_INFINITY, 4],
  ['memory for some', 4 * LEAST_BYTES - 1, 2],
  ['no memory to share', 0, 1],
])('%s: sessions that share runs get what they get alone', async (_, kvBytes, largest) => {
  const alone = await runScript([(await make()).executor], false);
  const { executor, scripted } = await make({ kvBytes });
  const together = await runScript([executor], true);
  expect(compareRecords(alone.records, together.records)).toEqual({ largestDifference: 0, isSame: true });
  expect([alone.largestBatch, together.largestBatch]).toEqual([1, largest]);
  // Sessions that ended are let go behind what runs.
  await executor.dispose();
  expect(scripted.gpu.buffers.every(({ isDestroyed }) => isDestroyed)).toBe(true);
  expect(scripted.released).toBe(1);
});

async function openSessions(count: number) {
  const made = await make();
  const caches = Array.from({ length: count }, () => made.executor.openCache());
  for (const [index, cache] of caches.entries()) await made.executor.run(cache, input([index, 7, 9]));
  return { ...made, caches };
}

test.each(['run', 'readback'] as const)(
  'a shared run that fails in its %s leaves every cache as it was',
  async (where) => {
    const [failing, calm] = [await openSessions(3), await openSessions(3)];
    failing.scripted.failNext = where;
    const failed = failing.executor.runBatch(failing.caches.map((cache) => item(cache, 4)));
    await expect(failed).rejects.toMatchObject({ code: where === 'run' ? 'stage-failed' : 'out-of-memory' });
    expect(failing.caches.map(({ length }) => length)).toEqual([3, 3, 3]);
    const next = async ({ executor, caches }: typeof failing) =>
      (await executor.runBatch(caches.map((cache, index) => item(cache, index + 20)))).map(
        ({ rows }) => rows![0]!.values,
      );
    expect(await next(failing)).toEqual(await next(calm));
  },
);

test.each(['run', 'readback'] as const)(
  'a run alone that fails in its %s leaves its cache as it was',
  async (where) => {
    const { executor, scripted, caches } = await openSessions(1);
    const [cache] = caches as [KvCache];
    scripted.failNext = where;
    await expect(executor.run(cache, input([1, 2, 3, 4]))).rejects.toMatchObject({
      message: expect.stringContaining('0 to 1'),
    });
    expect(cache.length).toBe(3);
  },
);

test('a run whose GPU never comes to its end is a lost device within seconds', async () => {
  const { executor, scripted, caches } = await openSessions(1);
  const [cache] = caches as [KvCache];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await executor.run(cache, input([7]));
    scripted.failNext = 'hang';
    const hung = expect(executor.run(cache, input([8]))).rejects.toMatchObject({ code: 'device-lost' });
    await vi.advanceTimersByTimeAsync(5_000);
    await hung;
  } finally {
    vi.useRealTimers();
  }
});

test('a batch is one token each, of so many sessions at most; what is refused changes nothing', async () => {
  const { executor, caches, scripted } = await openSessions(MAX_BATCH + 1);
  expect(executor.maxBatch).toBe(MAX_BATCH);
  const before = scripted.runs.length;
  const tooMany = executor.runBatch(caches.map((cache) => item(cache, 1)));
  await expect(tooMany).rejects.toMatchObject({ code: 'internal' });
  const tooLong = executor.runBatch([item(caches[0]!, 1), { cache: caches[1]!, input: input([1, 2]) }]);
  await expect(tooLong).rejects.toMatchObject({ code: 'internal' });
  expect(scripted.runs).toHaveLength(before);
  expect(caches.every(({ length }) => length === 3)).toBe(true);
  const outputs = await executor.runBatch(caches.slice(1).map((cache) => item(cache, 1)));
  expect(outputs.map(({ batch }) => batch)).toEqual(outputs.map(() => MAX_BATCH));
});

test('outputs come in the order of the items, whatever rows their sessions have', async () => {
  const { executor, caches } = await openSessions(4);
  const alone = await openSessions(4);
  await executor.runBatch(caches.map((cache) => item(cache, 2)));
  for (const cache of alone.caches) await alone.executor.run(cache, input([2]));
  const order = [3, 0, 2, 1];
  const shared = await executor.runBatch(order.map((index) => item(caches[index]!, 30 + index)));
  for (const [at, index] of order.entries()) {
    const own = await alone.executor.run(alone.caches[index]!, input([30 + index]));
    expect(shared[at]!.rows![0]!.values).toEqual(own.rows![0]!.values);
  }
});

test('each is told what it asked for: some rows, some none', async () => {
  const { executor, caches, scripted } = await openSessions(3);
  const [a, b, c] = caches as [KvCache, KvCache, KvCache];
  const mixed = await executor.runBatch([item(a, 1, 'none'), item(b, 1, 'last'), item(c, 1, 'all')]);
  expect(mixed.map(({ rows }) => rows!.length)).toEqual([0, 1, 1]);
  await executor.runBatch([item(a, 1, 'none'), item(b, 1, 'none')]);
  // Logits that nobody asked for are not even given out, and those before were let go.
  expect(scripted.unreleased.size).toBe(0);
  expect(caches.map(({ length }) => length)).toEqual([5, 5, 4]);
});

test('logits are let go with the next run, and not before it', async () => {
  const { executor, caches, scripted } = await openSessions(2);
  const [row] = (await executor.run(caches[0]!, input([5]))).rows!;
  expect(scripted.unreleased.size).toBe(1);
  expect(await row!.fullLogits!()).toHaveLength(50);
  for (let step = 0; step < 3; step++) await executor.runBatch(caches.map((cache) => item(cache, step)));
  expect(scripted.unreleased.size).toBe(1);
});

test('a session that ends while others run is let go behind their run, and its place is another’s', async () => {
  const { executor, caches } = await openSessions(3);
  const calm = await openSessions(3);
  await Promise.all(
    [executor, calm.executor].map((each, at) =>
      each.runBatch([caches, calm.caches][at]!.map((cache) => item(cache, 1))),
    ),
  );
  const running = executor.runBatch([item(caches[1]!, 8), item(caches[2]!, 9)]);
  caches[0]!.dispose();
  await running;
  const after = await executor.runBatch([item(caches[2]!, 3), item(caches[1]!, 4)]);
  await calm.executor.runBatch([item(calm.caches[1]!, 8), item(calm.caches[2]!, 9)]);
  const expected = await calm.executor.runBatch([item(calm.caches[2]!, 3), item(calm.caches[1]!, 4)]);
  expect(after.map(({ rows }) => rows![0]!.values)).toEqual(expected.map(({ rows }) => rows![0]!.values));
  const fresh = executor.openCache();
  const [first] = (await executor.run(fresh, input([0, 7, 9]))).rows!;
  const [same] = (await calm.executor.run(calm.executor.openCache(), input([0, 7, 9]))).rows!;
  expect(first!.values).toEqual(same!.values);
});

test.each([
  [[], 'webgpu'],
  [['cos', 'sin'], { name: 'webgpu', forceCpuNodeNames: ['cos', 'sin'] }],
])('nodes %j stay on the CPU, caches and logits on the GPU', async (cpuNodes, provider) => {
  const { scripted } = await make({ cpuNodes });
  expect(scripted.made).toMatchObject({
    executionProviders: [provider],
    preferredOutputLocation: { ko: 'gpu-buffer', vo: 'gpu-buffer', logits: 'gpu-buffer' },
  });
});

test('attention that is not fused shares no runs, and its sessions are counted by what they hold', async () => {
  const [plain, fused] = [await make({ fusedAttention: false }), await make()];
  expect([plain.executor.maxBatch, fused.executor.maxBatch]).toEqual([1, MAX_BATCH]);
  expect(plain.executor.kvBytesOf(10)).toBe(10 * 2 * 4);
  // Buffers that are written in place are made for 256 positions at first, and never for more than the context.
  expect([10, 300, 600].map(fused.executor.kvBytesOf)).toEqual([256, 512, 600].map((positions) => positions * 2 * 4));
});

test('a slice without sampler cannot serve, an input that nobody knows is a model that is not supported', async () => {
  const scripted = scriptGpu();
  const { slice } = scripted.options;
  const bare = scriptGpu({}, { ...slice, exitOutputs: { logits: 'logits' } });
  const executor = await createOrtExecutor(bare.options);
  await expect(executor.run(executor.openCache(), input([1]))).rejects.toMatchObject({ code: 'internal' });
  const strange = scriptGpu(
    {},
    { ...slice, inputs: [...slice.inputs, { name: 'pixel_values', type: 'float32', dims: [] }] },
  );
  const other = await createOrtExecutor(strange.options);
  const cache = other.openCache();
  const refused = { code: 'model-unsupported', message: expect.stringContaining('pixel_values') };
  await expect(other.run(cache, input([1]))).rejects.toMatchObject(refused);
  expect(cache.length).toBe(0);
});

test('a session that the runtime cannot let go does not keep the stage from ending', async () => {
  const { executor, scripted } = await make();
  const exclusive = vi.spyOn(scripted.options.runtime, 'exclusive').mockRejectedValueOnce(new Error('device lost'));
  await expect(executor.dispose()).resolves.toBeUndefined();
  exclusive.mockRestore();
});

test('F6: a GPU that is right for few rows gets no more of them at once, and gives what it gives at once', async () => {
  const ids = Array.from({ length: 70 }, (_, at) => (at * 7) % 50);
  const [whole, cut] = [await make(), await make({ bounds: { rows: 31, isShared: true } })];
  const [one, other] = [whole, cut].map(({ executor }) => executor.openCache()) as [KvCache, KvCache];
  const given = await cut.executor.run(other, input(ids, 'all'));
  const expected = await whole.executor.run(one, input(ids, 'all'));
  expect([whole.scripted.tokens, cut.scripted.tokens]).toEqual([[70], [31, 31, 8]]);
  expect(given.rows!.map(({ values }) => values)).toEqual(expected.rows!.map(({ values }) => values));
  expect(await given.rows![5]!.fullLogits!()).toEqual(await expected.rows![5]!.fullLogits!());
  expect(other.length).toBe(70);
});

test('F6: a piece that fails takes back the pieces before it', async () => {
  const { executor, scripted } = await make({ bounds: { rows: 4, isShared: true } });
  const cache = executor.openCache();
  await executor.run(cache, input([1, 2]));
  const failing = executor.run(cache, input([3, 4, 5, 6, 7, 8, 9, 10, 11]));
  scripted.failAfterRuns = 3;
  await expect(failing).rejects.toMatchObject({ code: 'stage-failed' });
  expect(cache.length).toBe(2);
});

test('F6: sessions that came out wrong together are computed one after another', async () => {
  const { executor, scripted } = await make({ bounds: { rows: 64, isShared: false } });
  expect(executor.maxBatch).toBe(1);
  const caches = [executor.openCache(), executor.openCache()];
  for (const cache of caches) await executor.run(cache, input([1, 2]));
  const outputs = await executor.runBatch(caches.map((cache) => item(cache, 3)));
  expect(outputs.map(({ batch }) => batch)).toEqual([1, 1]);
  expect(scripted.runs).toEqual([1, 1, 1, 1]);
});
