// The executor on the real runtime (WASM): against transformers' own numbers, against the contract, and when it is fed wrongly.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arithmeticExecutor } from './arithmetic-executor.ts';
import { compareRecords, runScript } from './batch-compliance.ts';
import { describeExecutor } from './executor-compliance.ts';
import type { ExecutorInput, LayerExecutor } from './layer-executor.ts';
import { createOrtExecutor } from './ort-executor.ts';
import { type FixtureChain, fixtureChain, MAX_CONTEXT } from './test-executor.ts';

describeExecutor('arithmetic, whole,', async () => [arithmeticExecutor({ start: 0, end: 4, layers: 4 })]);
describeExecutor('arithmetic, cut,', async () => [
  arithmeticExecutor({ start: 0, end: 1, layers: 4 }),
  arithmeticExecutor({ start: 1, end: 4, layers: 4 }),
]);
describeExecutor('the runtime with fused attention', async () => (await fixtureChain('qwen3-genai/fp32')).chain);
describeExecutor('the runtime with plain attention, cut', async () => (await fixtureChain(PLAIN, [1])).chain);

describeExecutor(
  'the runtime in runs of three rows',
  async () => (await fixtureChain('qwen3-genai/fp32', [2], { bounds: { rows: 3, isShared: true } })).chain,
);

const PLAIN = 'llama3.2-optimum/fp32';
let whole: FixtureChain;
let cut: FixtureChain;
beforeAll(async () => {
  whole = await fixtureChain('qwen3-genai/fp32');
  cut = await fixtureChain('qwen3-genai/fp32', [2]);
});
afterAll(() => Promise.all([...whole.chain, ...cut.chain].map((executor) => executor.dispose())));

const entryInput = (ids: readonly number[], fields: Partial<ExecutorInput> = {}): ExecutorInput => ({
  ...{ ids: Int32Array.from(ids), tokens: ids.length, rows: 'last', inverseTemperature: 1 },
  ...fields,
});

test.each([
  ['qwen3-genai/fp32', [2], 0],
  ['qwen3-genai/q4', [], 0],
  ['qwen3-genai/q4', [1, 3], 1_000_000],
  [PLAIN, [1], 0],
])('%s cut at %j, %i bytes to unpack: greedy tokens are those of transformers', async (name, cuts, unpackBytes) => {
  const { chain, fixture } = await fixtureChain(name, cuts, { unpackBytes });
  const caches = chain.map((executor) => executor.openCache());
  const given: number[] = [];
  let ids = fixture.prompt;
  while (given.length < fixture.greedy.length) {
    let input = entryInput(ids);
    for (const [stage, executor] of chain.entries()) {
      const { hidden, rows } = await executor.run(caches[stage]!, input);
      if (hidden) input = { hidden, tokens: ids.length, rows: 'last', inverseTemperature: 1 };
      else ids = [rows![0]!.ids[0]!];
    }
    given.push(ids[0]!);
  }
  expect(given).toEqual(fixture.greedy);
  await Promise.all(chain.map((executor) => executor.dispose()));
});

test('sessions in one batch are computed one after another, and get what they get alone', async () => {
  const { chain } = cut;
  const alone = await runScript(chain, false);
  const together = await runScript(chain, true);
  expect([alone.largestBatch, together.largestBatch]).toEqual([1, 1]);
  expect(compareRecords(alone.records, together.records)).toEqual({ largestDifference: 0, isSame: true });
});

test('runs that are asked for at once go in one by one, each into its own session', async () => {
  const { chain, fixture } = whole;
  const [executor] = chain as [LayerExecutor];
  const ids = [fixture.prompt, [1, 2, 3], fixture.prompt];
  const caches = ids.map(() => executor.openCache());
  const outputs = await Promise.all(ids.map((own, index) => executor.run(caches[index]!, entryInput(own))));
  const tokens = outputs.map(({ rows }) => rows![0]!.ids[0]);
  expect([tokens[0], tokens[2]]).toEqual([fixture.greedy[0], fixture.greedy[0]]);
  expect(caches.map(({ length }) => length)).toEqual(ids.map(({ length }) => length));
});

test('what was not read of the logits is gone with the next run, what was read stays', async () => {
  const { chain } = whole;
  const [executor] = chain as [LayerExecutor];
  const cache = executor.openCache();
  const [read] = (await executor.run(cache, entryInput([5]))).rows!;
  const logits = await read!.fullLogits!();
  const [unread] = (await executor.run(cache, entryInput([6]))).rows!;
  await executor.run(cache, entryInput([7]));
  expect(await read!.fullLogits!()).toEqual(logits);
  await expect(unread!.fullLogits!()).rejects.toThrow();
});

test('a token that the model has not fails the stage, says which layers, and leaves the cache as it was', async () => {
  const { chain, fixture } = whole;
  const [executor] = chain as [LayerExecutor];
  const cache = executor.openCache();
  await executor.run(cache, entryInput(fixture.prompt.slice(0, 5)));
  const failed = executor.run(cache, entryInput([3, 99_999]));
  await expect(failed).rejects.toMatchObject({ code: 'stage-failed', message: expect.stringContaining('0 to 4') });
  expect(cache.length).toBe(5);
  const { rows } = await executor.run(cache, entryInput(fixture.prompt.slice(5)));
  expect(rows![0]!.ids[0]).toBe(fixture.greedy[0]);
});

test('one that fails in a batch takes all of its batch back, also those that were computed before it', async () => {
  const { chain, fixture } = whole;
  const [executor] = chain as [LayerExecutor];
  const [good, bad] = [executor.openCache(), executor.openCache()];
  await executor.run(good, entryInput(fixture.prompt.slice(0, -1)));
  const last = entryInput(fixture.prompt.slice(-1));
  const failed = executor.runBatch([
    { cache: good, input: last },
    { cache: bad, input: entryInput([99_999]) },
  ]);
  await expect(failed).rejects.toMatchObject({ code: 'stage-failed' });
  expect([good.length, bad.length]).toEqual([fixture.prompt.length - 1, 0]);
  const { rows } = await executor.run(good, last);
  expect(rows![0]!.ids[0]).toBe(fixture.greedy[0]);
});

test.each([
  ['shorter than its tokens', 63],
  ['empty', 0],
])('a hidden state that is %s is refused and changes nothing', async (_, bytes) => {
  const { chain } = cut;
  const exit = chain[1]!;
  const cache = exit.openCache();
  const hidden = new Uint8Array(bytes * 4);
  const failed = exit.run(cache, { hidden, tokens: 1, rows: 'last', inverseTemperature: 1 });
  await expect(failed).rejects.toMatchObject({ code: 'stage-failed' });
  expect(cache.length).toBe(0);
});

test('a hidden state that lies anywhere in a frame is read from where it lies', async () => {
  const { chain } = cut;
  const [entry, exit] = chain as [LayerExecutor, LayerExecutor];
  const { hidden } = await entry.run(entry.openCache(), entryInput([5, 6, 7]));
  const tokens = await Promise.all(
    [0, 1, 4, 6].map(async (at) => {
      const frame = new Uint8Array(hidden!.byteLength + 8).fill(0xff);
      frame.set(hidden!, at);
      const view = frame.subarray(at, at + hidden!.byteLength);
      const output = await exit.run(exit.openCache(), { ...entryInput([5, 6, 7]), hidden: view });
      return [...output.rows![0]!.values];
    }),
  );
  expect(new Set(tokens.map((values) => values.join())).size).toBe(1);
});

test('what cannot be started is a typed error that names the layers', async () => {
  const { options } = whole;
  const [made] = options;
  const model = made!.slice.model.slice(0, -40);
  const broken = createOrtExecutor({ ...made!, slice: { ...made!.slice, model } });
  await expect(broken).rejects.toMatchObject({ code: expect.stringMatching(/^(stage-failed|model-unsupported)$/) });
  const bare = createOrtExecutor({ ...made!, blobs: new Map() });
  await expect(bare).rejects.toMatchObject({
    code: 'stage-failed',
    message: expect.stringContaining('starting layers'),
  });
});

test('a stage that was let go computes no more, and letting go twice does no harm', async () => {
  const { chain } = await fixtureChain('qwen3-genai/fp32');
  const [executor] = chain as [LayerExecutor];
  const cache = executor.openCache();
  const running = executor.run(cache, entryInput([1, 2]));
  // Waits for what runs.
  await Promise.all([executor.dispose(), executor.dispose()]);
  expect((await running).rows).toHaveLength(1);
  await expect(executor.run(cache, entryInput([3]))).rejects.toMatchObject({ code: 'stage-failed' });
  expect(cache.length).toBe(2);
});

test('caches on the CPU take what they hold, to the byte', async () => {
  const { chain, fixture } = await fixtureChain('qwen3-genai/fp32', [1]);
  const bytes = (layers: number, positions: number) => 2 * layers * fixture.kvHeads * fixture.headDim * positions * 4;
  expect(chain.map((executor) => executor.kvBytesOf(10))).toEqual([bytes(1, 10), bytes(fixture.layers - 1, 10)]);
  expect(chain[0]!.maxContext).toBe(MAX_CONTEXT);
});
