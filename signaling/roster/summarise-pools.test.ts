import { expect, test } from 'vitest';
import { stageBytes } from '../../protocol/manifest.ts';
import { poolFacts } from './summarise-pools.ts';
import { POOL, Table } from './test-table.ts';

test('what one asks before choosing a pool: its weights, its memory, its price, and a pace once one was timed', () => {
  const table = new Table();
  table.tries = true;
  table.stages = undefined;
  for (const name of ['a', 'b']) table.offer(name, { msPerLayer: 20, memoryBytes: 6_500 });
  table.pass(2000);
  const price = { promptMicros: 1, completionMicros: 4 };
  let pace: number | undefined;
  const facts = () => poolFacts(table.pool(), table.pool().manifest!, { price, pace });
  const { manifest } = table.pool();
  const known = {
    weightBytes: stageBytes(manifest!, 0, manifest!.layers),
    contextTokens: manifest!.maxContext,
    price,
  };
  expect(facts(), 'nobody has timed it').toEqual(known);
  const { epoch, seats } = table.pool().coalitions[0]!.coalition;
  for (const { peer } of seats) table.apply({ type: 'stage-readied', peer, pool: POOL, epoch, msPerLayer: 20 });
  table.timed(epoch, 85);
  expect(facts()).toEqual({ ...known, tokensPerSecond: 12 });
  pace = 40.2;
  expect(facts(), 'answers say more than the canary').toEqual({ ...known, tokensPerSecond: 40 });
});
