import { expect, test } from 'vitest';
import type { Coalition, PoolSummary } from '../../protocol/control.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { ChatState } from '../words/peer-state.ts';
import { applyMessage } from './watch-pool.ts';

const model: ModelRef = { repo: 'acme/tiny', revision: 'main', dtype: 'q4' };
const pool = poolIdOf(model);
const start: ChatState = { phase: 'connecting', pool, pools: [] };
const coalition = (epoch: number, state: Coalition['state'], name = pool): Coalition => ({
  pool: name,
  model,
  epoch,
  state,
  seats: [],
});
const pools = (state: PoolSummary['state']) => ({
  type: 'pools' as const,
  pools: [{ pool, model, peers: 1, state, reason: '' }],
});
const hear = (...messages: Parameters<typeof applyMessage>[1][]) => messages.reduce(applyMessage, start);
const tell = (value: Coalition) => ({ type: 'coalition' as const, coalition: value, ticket: 'a.b' });

test('a pool goes from nobody over forming to ready', () => {
  expect(hear({ type: 'pools', pools: [] }).phase).toBe('no-stages');
  expect(hear(tell(coalition(1, 'forming')))).toMatchObject({ phase: 'forming', coalition: { epoch: 1 } });
  expect(hear(tell(coalition(1, 'forming')), tell(coalition(1, 'ready')))).toMatchObject({ phase: 'ready' });
});

test('while one epoch serves, the next one that forms is not shown; when it is ready, it is', () => {
  const both = hear(tell(coalition(1, 'ready')), tell(coalition(2, 'forming')));
  expect(both).toMatchObject({ phase: 'ready', coalition: { epoch: 1 } });
  expect(applyMessage(both, tell(coalition(2, 'ready')))).toMatchObject({ phase: 'ready', coalition: { epoch: 2 } });
});

test('a broken coalition and a pool that waits show no seats', () => {
  const broken = hear(tell(coalition(1, 'ready')), tell(coalition(1, 'broken')));
  expect(broken.phase).toBe('forming');
  expect(broken.coalition).toBeUndefined();
  const waiting = hear(tell(coalition(1, 'forming')), pools('waiting'));
  expect(waiting.phase).toBe('forming');
  expect(waiting.coalition).toBeUndefined();
});

test('another pool’s coalition changes nothing', () => {
  expect(hear(tell(coalition(1, 'ready', poolIdOf({ ...model, repo: 'acme/other' }))))).toBe(start);
});
