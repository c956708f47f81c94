import { expect, test } from 'vitest';
import { formatShard, readShardView } from './shard-view.ts';

const loading = {
  phase: 'loading',
  start: '2',
  end: '5',
  networkBytes: '1500000',
  cachedBytes: '500000',
  totalBytes: '4000000',
  backend: 'wasm',
};

test('a card is read into numbers', () => {
  expect(readShardView(loading)).toEqual({
    phase: 'loading',
    layers: [2, 5],
    backend: 'wasm',
    networkBytes: 1_500_000,
    cachedBytes: 500_000,
    totalBytes: 4_000_000,
  });
});

test('a page without a card, and a card without a seat', () => {
  expect(readShardView(undefined)).toEqual({ phase: 'opening', networkBytes: 0, cachedBytes: 0, totalBytes: 0 });
  expect(readShardView({ phase: 'waiting' }).layers).toBeUndefined();
});

test('lines of different phases align', () => {
  expect(formatShard(1, readShardView(loading))).toBe(
    '  tab 1   loading        layers [2, 5)    [############............]  2 MB of 4 MB',
  );
  expect(formatShard(12, readShardView({ phase: 'reading-model' }))).toBe('  tab 12  reading-model');
});
