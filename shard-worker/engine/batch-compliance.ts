// What every LayerExecutor must keep when sessions share runs: each gets what it gets alone, though others of other lengths
// join, end, go back and prefill between steps. One script for arithmetic in a unit test and for a GPU in a browser.
import type { BatchItem, ExecutorInput, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';

/** What happens to sessions, in order; they are named by a letter. */
type Act =
  | { step: string }
  | { end: string }
  /** Forgets so many positions. */
  | { back: string; count: number }
  /** Adds these tokens at once, as a prefill does. */
  | { chunk: string; ids: number[] };

const PROMPTS: Record<string, number[]> = {
  a: [5, 17, 3, 40, 8],
  b: [11, 2, 9, 33, 21, 7, 6, 1, 28],
  c: [4, 30, 12, 19, 25, 2, 14, 38, 10, 22, 31, 16, 13, 27, 3, 9],
  d: [20, 35, 1],
};
/** Each session is sampled otherwise: what one asks for must not reach its neighbours. */
const TEMPERATURES: Record<string, number> = { a: 1, b: 0.5, c: 2, d: 0.8 };

const SCRIPT: readonly Act[] = [
  ...['a', 'b', 'c', 'd'].map((name): Act => ({ chunk: name, ids: PROMPTS[name]! })),
  { step: 'ab' },
  { step: 'abc' },
  { step: 'dcba' },
  { step: 'bd' },
  { step: 'a' },
  { step: 'd' },
  { step: 'abd' },
  { end: 'a' },
  { step: 'bcd' },
  { back: 'b', count: 2 },
  { step: 'cb' },
  { chunk: 'c', ids: [6, 6, 7] },
  { step: 'bcd' },
  { end: 'c' },
  { step: 'db' },
];

/** What one session was given, step by step. */
export interface SessionRecord {
  tokens: number[];
  logSumExps: number[];
  logits: Float32Array[];
}

/** Runs the script over a chain of executors that covers all layers. `together`: those of one step in one run. */
export async function runScript(
  chain: readonly LayerExecutor[],
  together: boolean,
): Promise<{ records: Record<string, SessionRecord>; largestBatch: number }> {
  const caches = new Map<string, KvCache[]>();
  const records: Record<string, SessionRecord> = {};
  let largestBatch = 0;

  const feed = async (fed: readonly { name: string; ids: number[] }[]) => {
    let rows = fed.map(({ ids }): Partial<ExecutorInput> => ({ ids: Int32Array.from(ids) }));
    for (const [stage, executor] of chain.entries()) {
      const items = fed.map(({ name, ids }, index): BatchItem => {
        const input = {
          ...rows[index],
          tokens: ids.length,
          rows: 'last' as const,
          inverseTemperature: 1 / TEMPERATURES[name]!,
        };
        return { cache: caches.get(name)![stage]!, input };
      });
      const outputs = together ? await executor.runBatch(items) : await inTurn(executor, items);
      for (const { batch } of outputs) largestBatch = Math.max(largestBatch, batch);
      if (executor.exit) await note(fed, outputs);
      rows = outputs.map(({ hidden }) => (hidden ? { hidden } : {}));
    }
  };
  const inTurn = async (executor: LayerExecutor, items: readonly BatchItem[]) => {
    const outputs: ExecutorOutput[] = [];
    for (const { cache, input } of items) {
      const output = await executor.run(cache, input);
      // What is not read now is gone with the next run.
      for (const row of output.rows ?? []) {
        const logits = await row.fullLogits!();
        row.fullLogits = async () => logits;
      }
      outputs.push(output);
    }
    return outputs;
  };
  const note = async (fed: readonly { name: string }[], outputs: readonly ExecutorOutput[]) => {
    for (const [index, { name }] of fed.entries()) {
      const row = outputs[index]!.rows![0]!;
      const record = records[name]!;
      record.tokens.push(row.ids[0]!);
      record.logSumExps.push(row.logSumExp);
      record.logits.push(await row.fullLogits!());
    }
  };

  for (const act of SCRIPT) {
    if ('chunk' in act) {
      if (!caches.has(act.chunk)) {
        caches.set(
          act.chunk,
          chain.map((executor) => executor.openCache()),
        );
        records[act.chunk] = { tokens: [], logSumExps: [], logits: [] };
      }
      await feed([{ name: act.chunk, ids: act.ids }]);
    } else if ('step' in act) {
      await feed([...act.step].map((name) => ({ name, ids: [records[name]!.tokens.at(-1)!] })));
    } else {
      const name = 'end' in act ? act.end : act.back;
      for (const cache of caches.get(name)!) {
        if ('end' in act) cache.dispose();
        else cache.crop(cache.length - act.count);
      }
    }
  }
  for (const held of caches.values()) for (const cache of held) cache.dispose();
  return { records, largestBatch };
}

/** The greatest difference in any number, and whether all tokens are the same. */
export function compareRecords(a: Record<string, SessionRecord>, b: Record<string, SessionRecord>) {
  let largest = 0;
  const compare = (first: number, second: number) => {
    // NaN compares as different: Math.max would hide it.
    const difference = Math.abs(first - second);
    if (!(difference <= largest)) largest = difference;
  };
  let isSame = Object.keys(a).join() === Object.keys(b).join();
  for (const [name, record] of Object.entries(a)) {
    const other = b[name]!;
    isSame &&= record.tokens.join() === other.tokens.join() && record.tokens.length > 0;
    for (const [step, sum] of record.logSumExps.entries()) compare(sum, other.logSumExps[step]!);
    for (const [step, row] of record.logits.entries()) {
      for (const [id, logit] of row.entries()) compare(logit, other.logits[step]![id]!);
    }
  }
  return { largestDifference: largest, isSame };
}
