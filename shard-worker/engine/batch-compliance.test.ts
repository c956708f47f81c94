// The arithmetic executor against the suite that WebGPU passes in e2e/batch-equality.spec.ts.
import { expect, test } from 'vitest';
import { arithmeticExecutor } from './arithmetic-executor.ts';
import { compareRecords, runScript } from './batch-compliance.ts';

const chain = (cuts: readonly number[], maxBatch: number) =>
  cuts.slice(1).map((end, index) => arithmeticExecutor({ start: cuts[index]!, end, layers: 4, maxBatch }));

test.each([[[0, 4]], [[0, 2, 4]]])('sessions that share runs over %j get what they get alone', async (cuts) => {
  const alone = await runScript(chain(cuts, 1), false);
  const together = await runScript(chain(cuts, 8), true);
  expect([alone.largestBatch, together.largestBatch]).toEqual([1, 4]);
  expect(compareRecords(alone.records, together.records)).toEqual({ largestDifference: 0, isSame: true });
});

test('the comparison sees one token and one logit that differ', async () => {
  const { records } = await runScript(chain([0, 4], 1), false);
  const other = structuredClone(records);
  other.b!.logits[2]![7]! += 0.5;
  other.c!.tokens[0]!++;
  expect(compareRecords(records, other)).toEqual({ largestDifference: expect.closeTo(0.5, 5), isSame: false });
});
