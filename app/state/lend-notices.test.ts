import { expect, test } from 'vitest';
import type { ErrorCode } from '../../protocol/errors.ts';
import { type Need, type Needs, needOf, noteNeeds } from './lend-notices.ts';

const away = { sinceMs: 1_000, nextTryMs: 2_000 };
const error = (code: ErrorCode) => ({ code, message: '', next: '' });

test.each<[string, Parameters<typeof needOf>[0], number, Need | undefined]>([
  ['serving', { phase: 'serving' }, 0, undefined],
  ['away for a moment', { phase: 'connecting', away }, 60_999, undefined],
  ['away for a minute', { phase: 'connecting', away }, 61_000, 'server-away'],
  ['failed', { phase: 'failed', error: error('out-of-memory') }, 0, 'failed'],
  ['failed, and the server away too', { phase: 'failed', error: error('stage-failed'), away }, 99_000, 'failed'],
  ['the GPU went', { phase: 'failed', error: error('device-lost') }, 0, 'gpu-lost'],
  ['left by itself', { phase: 'left', away }, 99_000, undefined],
])('%s', (_, state, nowMs, need) => {
  expect(needOf(state, nowMs)).toBe(need);
});

test('each matter is told once, and again when it comes again', () => {
  const none: Needs = new Map();
  const one = noteNeeds(none, [
    { key: 1, need: 'server-away' },
    { key: 2, need: 'server-away' },
  ]);
  expect(one.fresh).toEqual(['server-away']);
  expect(noteNeeds(one.needs, [{ key: 1, need: 'server-away' }]).fresh).toEqual([]);
  // Another shard notices the same a moment later.
  const first = noteNeeds(none, [{ key: 1, need: 'server-away' }]);
  const both: { key: number; need: Need }[] = [
    { key: 1, need: 'server-away' },
    { key: 2, need: 'server-away' },
  ];
  expect(noteNeeds(first.needs, both).fresh).toEqual([]);
  const failed = noteNeeds(one.needs, [
    { key: 1, need: 'failed' },
    { key: 2, need: undefined },
  ]);
  expect(failed.fresh).toEqual(['failed']);
  expect(noteNeeds(failed.needs, [{ key: 1, need: undefined }])).toEqual({ needs: new Map(), fresh: [] });
  expect(noteNeeds(new Map(), [{ key: 1, need: 'failed' }]).fresh).toEqual(['failed']);
  // Two that fail one after another are two matters.
  expect(
    noteNeeds(failed.needs, [
      { key: 1, need: 'failed' },
      { key: 2, need: 'failed' },
    ]).fresh,
  ).toEqual(['failed']);
});
