// What every LayerExecutor must do, whatever computes it. Each implementation's test calls this with a way to make a chain
// of executors over all layers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExecutorInput, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';

/** Numbers of one history computed in other pieces: sums in another order. */
const TOLERANCE = 1e-4;
const HISTORY = [5, 17, 3, 40, 8, 11, 2, 9];

const bytesPerRow = ({ hiddenSize, activation }: LayerExecutor) => hiddenSize * (activation === 'float16' ? 2 : 4);

/** A session over the chain. */
class Chain {
  readonly caches: KvCache[];
  readonly #executors: readonly LayerExecutor[];

  constructor(executors: readonly LayerExecutor[]) {
    this.#executors = executors;
    this.caches = executors.map((executor) => executor.openCache());
  }

  /** What the exit gives for these tokens behind those fed before. */
  async feed(ids: readonly number[], fields: Partial<ExecutorInput> = {}): Promise<ExecutorOutput> {
    let carried: Pick<ExecutorInput, 'ids' | 'hidden'> = { ids: Int32Array.from(ids) };
    let output: ExecutorOutput | undefined;
    for (const [stage, executor] of this.#executors.entries()) {
      const input: ExecutorInput = { tokens: ids.length, rows: 'last', inverseTemperature: 1, ...fields, ...carried };
      output = await executor.run(this.caches[stage]!, input);
      if (!executor.exit) carried = { hidden: output.hidden! };
    }
    return output!;
  }

  /** All logits behind the last of these tokens. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    const { rows } = await this.feed(ids);
    return rows![0]!.fullLogits!();
  }

  crop(length: number): void {
    for (const cache of this.caches) cache.crop(length);
  }

  dispose(): void {
    for (const cache of this.caches) cache.dispose();
  }
}

function expectNear(given: Float32Array, expected: Float32Array): void {
  expect(given).toHaveLength(expected.length);
  for (const [id, logit] of expected.entries()) {
    // Written so that NaN fails.
    if (!(Math.abs(given[id]! - logit) < TOLERANCE)) expect.fail(`Logit ${id} is ${given[id]} and not ${logit}.`);
  }
}

export function describeExecutor(name: string, makeChain: () => Promise<readonly LayerExecutor[]>): void {
  describe(`${name} is a chain of executors`, () => {
    let executors: readonly LayerExecutor[];
    /** Logits behind the whole history, fed at once. */
    let whole: Float32Array;
    const open = () => new Chain(executors);

    beforeAll(async () => {
      executors = await makeChain();
      whole = await open().logits(HISTORY);
    });
    afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

    test('layers follow on one another from the entry to the exit', () => {
      expect(executors.map(({ entry }) => entry)).toEqual(executors.map((_, at) => at === 0));
      expect(executors.map(({ exit }) => exit)).toEqual(executors.map((_, at) => at === executors.length - 1));
      for (const [at, { start, end }] of executors.entries()) {
        expect(start).toBe(at === 0 ? 0 : executors[at - 1]!.end);
        expect(end).toBeGreaterThan(start);
      }
    });

    test.each([[[8]], [[1, 7]], [[7, 1]], [[3, 3, 2]], [[1, 1, 1, 1, 1, 1, 1, 1]]])(
      'a history in pieces of %j gives what it gives at once',
      async (pieces) => {
        const session = open();
        let at = 0;
        let last = new Float32Array(0);
        for (const piece of pieces) {
          last = (await session.logits(HISTORY.slice(at, at + piece))) as Float32Array<ArrayBuffer>;
          at += piece;
          expect(session.caches.map(({ length }) => length)).toEqual(executors.map(() => at));
        }
        expectNear(last, whole);
      },
    );

    test.each([0, 1, 5, 7])('what was taken back behind %i positions leaves no trace', async (kept) => {
      const session = open();
      await session.feed([...HISTORY.slice(0, kept), 1, 30, 30, 7]);
      session.crop(kept);
      expect(session.caches.map(({ length }) => length)).toEqual(executors.map(() => kept));
      expectNear(await session.logits(HISTORY.slice(kept)), whole);
    });

    test('taking back twice before anything is fed is taking back the most', async () => {
      const session = open();
      await session.feed(HISTORY);
      session.crop(6);
      session.crop(2);
      session.crop(4);
      expectNear(await session.logits(HISTORY.slice(2)), whole);
    });

    test('taking back more than there is takes back nothing', async () => {
      const session = open();
      await session.feed(HISTORY.slice(0, 3));
      session.crop(50);
      expect(session.caches[0]!.length).toBe(3);
      expectNear(await session.logits(HISTORY.slice(3)), whole);
    });

    test('sessions between each other’s steps get what they get alone', async () => {
      const [session, other] = [open(), open()];
      let last: Float32Array | undefined;
      for (const id of HISTORY) {
        await other.feed([id + 1, 2]);
        last = await session.logits([id]);
      }
      expectNear(last!, whole);
      other.dispose();
      expect(session.caches[0]!.length).toBe(HISTORY.length);
    });

    test('a cache that was let go is empty, and letting go twice does no harm', async () => {
      const session = open();
      await session.feed([9, 9, 9]);
      session.dispose();
      session.dispose();
      expect(session.caches.map(({ length }) => length)).toEqual(executors.map(() => 0));
    });

    test('inner stages give a state of a row each, the exit gives as many rows as were asked for', async () => {
      const exit = executors.at(-1)!;
      for (const [rows, count] of [
        ['none', 0],
        ['last', 1],
        ['all', 3],
      ] as const) {
        const output = await open().feed([5, 17, 3], { rows });
        expect(output.rows).toHaveLength(count);
        expect(output.hidden).toBeUndefined();
      }
      if (executors.length === 1) return;
      const [entry] = executors;
      const input = { ids: Int32Array.of(5, 17, 3), tokens: 3, rows: 'last', inverseTemperature: 1 } as const;
      const { hidden, rows } = await entry!.run(entry!.openCache(), input);
      expect(hidden!.byteLength).toBe(3 * bytesPerRow(exit));
      expect(rows).toBeUndefined();
    });

    test('the last of all rows is the row that is asked for alone; earlier ones know nothing of later tokens', async () => {
      const { rows } = await open().feed(HISTORY, { rows: 'all' });
      for (const count of [1, 4, HISTORY.length]) {
        const alone = await open().feed(HISTORY.slice(0, count));
        const logits = await alone.rows![0]!.fullLogits!();
        const row = rows![count - 1]!;
        expect(row.ids[0]).toBe(alone.rows![0]!.ids[0]);
        expect(row.values[0]).toBeCloseTo(Math.max(...logits), 4);
      }
    });

    test.each([0.25, 1, 2])(
      'candidates are the greatest logits, and the sum is of all: 1/temperature %f',
      async (by) => {
        const { rows } = await open().feed(HISTORY, { inverseTemperature: by });
        const [row] = rows!;
        const logits = await row!.fullLogits!();
        const ranked = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, row!.ids.length);
        expect([...row!.ids]).toEqual(ranked);
        expect([...row!.values]).toEqual(ranked.map((id) => logits[id]));
        const sum = logits.reduce((total, logit) => total + Math.exp(logit * by), 0);
        expect(row!.logSumExp).toBeCloseTo(Math.log(sum), 4);
      },
    );

    test('a batch of one takes many tokens, as a run does', async () => {
      const [entry] = executors;
      const input = {
        ids: Int32Array.from(HISTORY),
        tokens: HISTORY.length,
        rows: 'last',
        inverseTemperature: 1,
      } as const;
      const [batched] = await entry!.runBatch([{ cache: entry!.openCache(), input }]);
      const alone = await entry!.run(entry!.openCache(), input);
      expect(batched!.batch).toBe(1);
      expect([batched!.hidden, batched!.rows?.map(({ ids }) => ids)]).toEqual([
        alone.hidden,
        alone.rows?.map(({ ids }) => ids),
      ]);
    });

    test('a cache takes more for more positions and more layers', () => {
      for (const executor of executors) {
        expect(executor.kvBytesOf(1)).toBeGreaterThan(0);
        for (const positions of [2, 17, 63]) {
          expect(executor.kvBytesOf(positions)).toBeGreaterThanOrEqual(executor.kvBytesOf(positions - 1));
        }
      }
    });
  });
}
